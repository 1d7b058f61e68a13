const here = 'https://here.invalid'

/** Where a person comes back to: a path of the page. Anything a browser could take for another host is refused. */
export function isOwnPath (path: string): boolean {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.includes('\\') && URL.canParse(path, here) && new URL(path, here).origin === here
}
