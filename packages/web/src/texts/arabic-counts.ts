/** One, two, a few (3 to 10) and many: Arabic counts in four ways. */
export function count (number: number, one: string, two: string, few: string, many: string): string {
  const last = number % 100
  if (number === 1) return one
  if (number === 2) return two
  return `${number} ${last >= 3 && last <= 10 ? few : many}`
}

export const tasks = (number: number) => count(number, 'مهمة واحدة', 'مهمتان', 'مهام', 'مهمة')
export const answers = (number: number) => count(number, 'إجابة واحدة', 'إجابتان', 'إجابات', 'إجابة')
export const changes = (number: number) => count(number, 'تغيير واحد', 'تغييران', 'تغييرات', 'تغييرًا')
