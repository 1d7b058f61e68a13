/** Now in milliseconds, by the one clock that all replicas share. SQL. */
export const databaseClock = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'
