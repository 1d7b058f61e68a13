/** Copies text. False where the browser does not allow it, or the address is not a secure one. */
export async function copyText (text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
