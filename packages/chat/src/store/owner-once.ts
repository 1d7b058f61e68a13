/** SQL for an owner in the one spelling, for rows from before there was one. Whoever was called Local then is not everybody. */
export function ownerOnce (column: string): string {
  return `CASE lower(${column}) WHEN 'local' THEN ${column} ELSE lower(${column}) END`
}
