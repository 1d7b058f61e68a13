import { createWorkspaceToolkit } from '../src/toolkits/workspace/index.ts'
import { openWorkspace } from '../src/toolkits/workspace/open-workspace.ts'
import { apply, plan } from './workspace.ts'

// A process of its own, so that a test can kill it: writes the files of its second argument to the workspace of its first.
const [directory = '', files = ''] = process.argv.slice(2)
const { repository } = await openWorkspace(directory)
const toolkit = createWorkspaceToolkit(repository)
await apply(toolkit, await plan(toolkit, 'workspace_write', { files: JSON.parse(files) }))
