import type { TaskEvent } from '@cortex/contracts'
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream'
import type { Test } from 'tap'

/** A reader of a stream of events: frames as they come, until `until` says enough. */
export async function readFrames (t: Test, url: string, until: (frame: EventSourceMessage, frames: EventSourceMessage[]) => boolean, headers: Record<string, string> = {}): Promise<EventSourceMessage[]> {
  const controller = new AbortController()
  t.teardown(() => controller.abort())
  const response = await fetch(url, { headers, signal: controller.signal })
  t.equal(response.status, 200)
  const frames: EventSourceMessage[] = []
  for await (const frame of response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? []) {
    frames.push(frame)
    if (until(frame, frames)) break
  }
  controller.abort()
  return frames
}

/** The changes among the frames; what has no id is told in passing and not kept. */
export const eventsOf = (frames: EventSourceMessage[]) => frames.filter(({ id }) => id !== undefined).map(({ data }) => JSON.parse(data) as TaskEvent)
