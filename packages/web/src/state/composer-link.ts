export interface ComposerControls {
  fill (text: string): void
  focus (): void
}

/** Lets a key or an example reach the composer, wherever it is on the page. */
export interface ComposerLink extends ComposerControls {
  /** @returns what takes it away again */
  attach (controls: ComposerControls): () => void
}

export function createComposerLink (): ComposerLink {
  let attached: ComposerControls | null = null
  return {
    attach (controls) {
      attached = controls
      return () => { if (attached === controls) attached = null }
    },
    fill: (text) => attached?.fill(text),
    focus: () => attached?.focus()
  }
}
