/** One connection, or any of a pool: statements with `$1` placeholders. Text of several statements takes no values; its rows are those of all. */
export interface Connection {
  query<Row> (text: string, values?: readonly unknown[]): Promise<Row[]>
}

export interface SessionListener {
  /** Somebody notified the channel, or may have while the connection was down. */
  heard (): void
  /** This session holds the lock now; of all sessions one does. */
  elected (): void
  /** The connection broke, and the lock with it. */
  deposed (): void
}

/** What the adapter asks of a driver. */
export interface Postgres extends Connection {
  /** Holds one connection for what `run` does; unhurried, a statement may take as long as it takes. When `run` throws, its transaction is rolled back or the connection closed. */
  withConnection<T> (run: (connection: Connection) => Promise<T>, options?: { unhurried: boolean }): Promise<T>
  /** Keeps a session open, across disconnections, until the driver is closed. */
  keepSession (channel: string, lock: number, listener: SessionListener): Promise<void>
  /** For work whose loss in a crash of the server costs nothing: its commits are not waited for. */
  readonly relaxed: Connection
  close (): Promise<void>
}
