import type { Toolkit } from './toolkit.ts'
import type { Access } from './toolkits/kubernetes/access.ts'
import { createInspectionToolkit } from './toolkits/inspection/index.ts'
import { Repository } from './toolkits/workspace/repository.ts'
import { createWorkspaceToolkit } from './toolkits/workspace/index.ts'

/** The toolkits there are, to be asked for their tools and not to be used: nothing they work on is opened or made. */
export function knownToolkits (): Toolkit[] {
  const repository = Repository.unopened('.')
  return [createWorkspaceToolkit(repository), createInspectionToolkit(repository)]
}

/** Those of a cluster too, which are there where one is configured. Loads its client. */
export async function knownClusterToolkits (): Promise<Toolkit[]> {
  const [{ createKubernetesToolkit }, { createHelmToolkit }] = await Promise.all([import('./toolkits/kubernetes/index.ts'), import('./toolkits/helm/index.ts')])
  const unopened = <Part extends object>() => new Proxy({}, { get: () => { throw new Error('these toolkits are known, not opened') } }) as Part
  const access: Access = { cluster: unopened(), kinds: unopened(), scope: unopened(), patience: 0 }
  return [createKubernetesToolkit(access), createHelmToolkit({ helm: unopened(), access, repository: Repository.unopened('.') })]
}
