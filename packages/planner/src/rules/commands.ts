import { finiteVerbs } from './lexicon.ts'
import { words, type Token } from './tokens.ts'

const programs = words('kubectl helm helmfile kustomize terraform tofu ansible ansible-playbook docker podman npm pnpm yarn npx git make argocd flux gcloud aws az eksctl psql redis-cli systemctl trivy')
/** Words a command goes on with, as opposed to a sentence about the program. */
const subcommands = words('apply create delete get describe rollout scale set run exec logs patch drain cordon uncordon top upgrade install uninstall rollback template lint plan destroy init import build push pull compose up down test audit ci start stop restart reload sync diff checkout merge rebase tag fmt validate image fs')

/** Whether words are a line for a shell: "kubectl rollout restart deploy/api -n payments". */
export function isCommand (tokens: readonly Token[]): boolean {
  const [program, next] = tokens
  if (!program || !programs.has(program.text) || !next) return false
  return (subcommands.has(next.text) || next.text.startsWith('-')) && !tokens.some(({ lower }) => finiteVerbs.has(lower) && lower !== 'get' && lower !== 'gets')
}
