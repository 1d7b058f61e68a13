import { gzipSync } from 'node:zlib'
import t from 'tap'
import { findInArchivePart } from '../src/store/archive-part.ts'

t.test('of a part of the archive only the lines that name the task are read, however large the others are', async (t) => {
  const named = { task: { id: 'task-b', depends_on: ['task-a'] }, approvals: [], log: [], log_total: 0 }
  const asked = { task: { id: 'task-a' }, approvals: [], log: [], log_total: 7 }
  // What is no JSON stands for what takes long to read.
  const part = gzipSync(['{"task":{"id":"task-long"', JSON.stringify(named), JSON.stringify(asked), '…'].join('\n'))
  t.same(findInArchivePart(part, ['task-a', 'task-c']), [asked])
})
