import { defineCommand } from '../command.ts'
import { UsageFault } from '../errors.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export const completion = defineCommand({
  words: 'completion',
  summary: 'Print what completes this command in a shell',
  args: [{ name: 'SHELL', text: `One of ${shells.join(', ')}`, completes: shells }],
  options: {},
  examples: ['cortex completion bash > ~/.local/share/bash-completion/completions/cortex', 'cortex completion zsh > ~/.zfunc/_cortex', 'cortex completion fish > ~/.config/fish/completions/cortex.fish'],
  async run ({ args: [shell], terminal, commands }) {
    const scripts = await import('../completion/scripts.ts')
    const found = shells.find((each) => each === shell)
    if (!found) throw new UsageFault(`SHELL is ${JSON.stringify(shell)}, and may be ${shells.join(', ')}`)
    terminal.out(scripts[found](commands))
    return undefined
  }
})
