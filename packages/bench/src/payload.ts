/** Bytes of a create as it goes over the wire: a title and a few paragraphs. */
const bodyBytes = 1_024

const words = 'Deploy Prometheus and Grafana into the monitoring namespace of the production cluster, scrape every service that carries the annotation, keep two weeks of samples, alert on error rates above one percent. '

/** The input of one `cortex_create_task`, so long that the whole call is 1 KB. */
export function createTaskInput (): { title: string, description: string, category: string, priority: string } {
  const input = { title: 'Deploy the monitoring stack', description: '', category: 'infrastructure', priority: 'high' }
  const room = bodyBytes - Buffer.byteLength(JSON.stringify(createTaskCall(input)))
  return { ...input, description: words.repeat(Math.ceil(room / words.length)).slice(0, room) }
}

export function createTaskCall (input: object = createTaskInput()): { tool_name: string, tool_input: object } {
  return { tool_name: 'cortex_create_task', tool_input: input }
}
