/**
 * Measures two things in pairs, one right after the other. Which of them goes first changes from pair to pair, so that a machine that
 * grows slower or faster meanwhile favours neither.
 */
export async function alternate<T> (pairs: number, first: () => Promise<T>, second: () => Promise<T>): Promise<Array<[T, T]>> {
  const measured: Array<[T, T]> = []
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) measured.push([await first(), await second()])
    else {
      const later = await second()
      measured.push([await first(), later])
    }
  }
  return measured
}
