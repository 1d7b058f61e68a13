/** A database or queue server that runs for one scenario. */
export interface Server {
  url: string
  close (): Promise<void>
}
