import type { Sentence } from './sentence.ts'

export const inventory: readonly Sentence[] = [
  { say: 'Inventory all images, versions and licences', tasks: ['inventory'] },
  { say: 'List all services running in production', tasks: ['inventory'] },
  { say: 'List all pods, services and ingresses', tasks: ['inventory'] },
  { say: 'We need an inventory of all container images', tasks: ['inventory'] },
  { say: 'Create a software bill of materials for every repository', tasks: ['inventory'] },
  { say: 'Give me a list of all databases and their owners', tasks: ['inventory'] },
  { say: 'Find unused volumes and orphaned load balancers', tasks: ['inventory'] },
  { say: 'Catalogue all our assets', tasks: ['inventory'] },
  { say: 'Generate a licence report for our dependencies', tasks: ['inventory'] },
  { say: 'Check which images are outdated', tasks: ['inventory'] },
  { say: 'Document all services and who owns them', tasks: ['inventory'] },
  { say: 'Count the nodes, pods and namespaces in each cluster', tasks: ['inventory'] },
  { say: 'Take stock of all virtual machines and update the CMDB', tasks: ['inventory', 'inventory'] },
  { say: 'Identify all end-of-life operating systems', tasks: ['inventory'] },
  { say: 'Map the dependencies between our services', tasks: ['inventory'] },
  { say: 'Find out which services still use Python 2', tasks: ['inventory'] },
  { say: 'Produce an overview of all certificates that expire this quarter', tasks: ['inventory'] },
  { say: 'Discover all hosts in the 10.0.0.0/24 network', tasks: ['inventory'] },
  { say: 'Could you create an asset inventory and an SBOM, please?', tasks: ['inventory', 'inventory'] },
  { say: 'Enumerate every cron job in the cluster, no rush', tasks: ['inventory low'] }
]
