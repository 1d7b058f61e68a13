import type { Task } from '@cortex/contracts'
import { graphlib, layout } from '@dagrejs/dagre'
import { useMemo } from 'react'
import { usePage, usePageState } from '../app-context.ts'
import { tasksOf } from '../state/page-state.ts'
import { shallowEqual } from '../state/store.ts'
import { latestOf, shortId, taskTitle } from '../state/task-view.ts'
import { texts } from '../texts.ts'
import { StatusWord } from '../ui/status.tsx'

const node = { width: 208, height: 60 } as const
const margin = 24

interface Place { readonly id: string, readonly x: number, readonly y: number }
interface Line { readonly key: string, readonly from: string, readonly path: string }
interface Point { readonly x: number, readonly y: number }
interface Drawing { readonly width: number, readonly height: number, readonly places: readonly Place[], readonly lines: readonly Line[] }

/** What waits for what. Laid out anew only when tasks or dependencies come in, not when a status changes. */
export default function Graph () {
  const shape = usePageState((state) => drawn([...tasksOf(state).values()]).map(({ id, depends_on: needs }) => [id, ...needs].join(' ')), shallowEqual)
  const { width, height, places, lines } = useMemo(() => draw(shape), [shape])
  return (
    <div role='group' dir='ltr' aria-label={texts.board.graphLabel} className='relative mx-auto my-auto shrink-0' style={{ width, height }}>
      <svg width={width} height={height} className='absolute inset-0' aria-hidden>
        <defs>
          <marker id='arrow' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' markerHeight='7' orient='auto'><path d='M0 0 8 4 0 8z' className='fill-edge' /></marker>
        </defs>
        {lines.map(({ key, ...line }) => <Edge key={key} {...line} />)}
      </svg>
      {places.map((place) => <Node key={place.id} {...place} />)}
    </div>
  )
}

/** More than this is no picture, and takes seconds to lay out; then it is the latest request. */
const mostDrawn = 150

function drawn (tasks: readonly Task[]): readonly Task[] {
  return tasks.length <= mostDrawn ? tasks : latestOf(tasks).slice(-mostDrawn)
}

function Edge ({ from, path }: Omit<Line, 'key'>) {
  const running = usePageState((state) => tasksOf(state).get(from)?.status === 'in_progress')
  return <path d={path} fill='none' strokeWidth='1.75' strokeDasharray={running ? '5 4' : undefined} markerEnd='url(#arrow)' className={running ? 'stroke-accent' : 'stroke-edge'} />
}

function Node ({ id, x, y }: Place) {
  const { go } = usePage()
  const task = usePageState((state) => tasksOf(state).get(id))
  const selected = usePageState(({ route }) => route.taskId === id)
  const filtered = usePageState(({ filter }) => filter !== null && filter !== task?.status)
  if (!task) return null
  return (
    <button
      type='button'
      data-task-id={id}
      dir={document.documentElement.dir}
      aria-haspopup='dialog'
      onClick={() => go({ taskId: id })}
      className={`absolute flex flex-col justify-center gap-1 overflow-hidden rounded-xl border bg-surface px-3 text-start hover:border-edge ${selected ? 'border-accent ring-1 ring-accent' : 'border-line'} ${filtered ? 'opacity-40' : ''}`}
      style={{ left: x, top: y, ...node }}
    >
      <span className='flex items-center gap-2 text-sm'>
        <StatusWord status={task.status} />
        {task.status === 'in_progress' && task.progress && <span className='text-muted tabular-nums'>{task.progress.percent}%</span>}
        <span className='ms-auto font-mono text-xs text-muted'>{shortId(id)}</span>
      </span>
      <span dir='auto' className='truncate text-page font-medium'>{taskTitle(task)}</span>
      {task.status === 'in_progress' && <NodeProgress task={task} />}
    </button>
  )
}

function NodeProgress ({ task }: { task: Task }) {
  return <span className='absolute bottom-0 start-0 h-1 bg-running' style={{ width: `${task.progress?.percent ?? 0}%` }} />
}

function draw (shape: readonly string[]): Drawing {
  const graph = new graphlib.Graph()
  const backwards = document.documentElement.dir === 'rtl'
  graph.setGraph({ rankdir: backwards ? 'RL' : 'LR', nodesep: 14, ranksep: 64, marginx: margin, marginy: margin })
  const rows = shape.map((row) => row.split(' '))
  const known = new Set(rows.map(([id]) => id))
  for (const [id = ''] of rows) graph.setNode(id, { ...node })
  for (const [id = '', ...needs] of rows) for (const need of needs) if (known.has(need)) graph.setEdge(need, id, {})
  layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number, height?: number }
  const places = graph.nodes().map((id): Place => {
    const { x, y } = graph.node(id) as Point
    return { id, x: x - node.width / 2, y: y - node.height / 2 }
  })
  const lines = graph.edges().map(({ v, w }): Line => {
    const { points } = graph.edge(v, w) as { points: readonly Point[] }
    const [from, to] = [graph.node(v) as Point, graph.node(w) as Point]
    const side = backwards ? -node.width / 2 : node.width / 2
    const path = smooth([{ x: from.x + side, y: from.y }, ...points.slice(1, -1), { x: to.x - side, y: to.y }])
    return { key: `${v} ${w}`, from: v, path }
  })
  return { width, height, places, lines }
}

/** A curve that leaves and arrives level. */
function smooth (points: readonly Point[]): string {
  return points.map((point, index) => {
    const before = points[index - 1]
    if (!before) return `M${point.x} ${point.y}`
    const middle = (before.x + point.x) / 2
    return `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`
  }).join('')
}
