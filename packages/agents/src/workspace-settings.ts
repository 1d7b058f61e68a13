import { Type } from '@sinclair/typebox'

/** The same for agents of their own and for all in one process. */
export const workspaceSettings = {
  CORTEX_MAKE_WORKSPACE: Type.Boolean({ default: false, description: 'true: where CORTEX_WORKSPACE names nothing or an empty folder, a repository with a sample application is made, as on a new volume, instead of refusing the start' })
}
