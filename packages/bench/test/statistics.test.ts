import t from 'tap'
import { alternate } from '../src/measure/alternate.ts'
import { median, pairwiseRatio, percentile, pooledPercentile, spread } from '../src/measure/statistics.ts'

const oneToHundred = Array.from({ length: 100 }, (_, index) => 100 - index)

t.test('a percentile is the smallest measured value that this share does not exceed, whatever the order', async (t) => {
  t.equal(percentile(oneToHundred, 0.5), 50)
  t.equal(percentile(oneToHundred, 0.99), 99)
  t.equal(percentile(oneToHundred, 0.991), 100)
  t.equal(percentile(oneToHundred, 0), 1)
  t.equal(percentile(oneToHundred, 1), 100)
  t.equal(percentile([7], 0.99), 7)
})

t.test('numbers are ordered as numbers and the sample is left as it was', async (t) => {
  const sample = Float64Array.of(10, 9, 100, 1)
  t.equal(percentile(sample, 0.5), 9)
  t.same([...sample], [10, 9, 100, 1])
})

t.test('an empty sample has no percentile', async (t) => {
  t.throws(() => percentile([], 0.5), RangeError)
})

t.test('the median is the value in the middle, or the mean of the two that are', async (t) => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([1, 2, 10, 20]), 6)
  t.equal(median([3]), 3)
})

t.test('a spread is the median between the least and the most', async (t) => {
  t.same(spread([4, 2, 30]), { value: 4, low: 2, high: 30 })
})

t.test('a pooled percentile is of all rounds together, so that one bad round shows', async (t) => {
  const calm = Array.from({ length: 50 }, () => 1)
  const stormy = [...Array.from({ length: 48 }, () => 1), 70, 80]
  t.same(pooledPercentile([calm, stormy], 0.99), { value: 70, low: 1, high: 80 })
})

t.test('ratios are taken pair by pair, so that a machine that slows down changes none of them', async (t) => {
  // Half as fast in each pair, while the machine loses nine tenths of its speed; the ratio of the medians would be the same only by luck.
  t.same(pairwiseRatio([[500, 1_000], [50, 100], [150, 200]]), { value: 0.5, low: 0.5, high: 0.75 })
})

t.test('who is measured first changes from pair to pair, and each result keeps its side', async (t) => {
  const order: string[] = []
  const side = (name: string) => async () => `${name}${order.push(name)}`
  t.same(await alternate(3, side('a'), side('b')), [['a1', 'b2'], ['a4', 'b3'], ['a5', 'b6']])
  t.equal(order.join(''), 'abbaab')
})
