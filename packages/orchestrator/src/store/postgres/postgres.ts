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
  /** Holds one connection for what `run` does. One that is left within a transaction is rolled back or closed. */
  withConnection<T> (run: (connection: Connection) => Promise<T>): Promise<T>
  /** Keeps a session open, across disconnections, until the driver is closed. */
  keepSession (channel: string, lock: number, listener: SessionListener): Promise<void>
  /** For work whose loss in a crash of the server costs nothing: its commits are not waited for. */
  readonly relaxed: Connection
  close (): Promise<void>
}
