import t from 'tap'
import { absentAfter, routeCategory } from '../src/domain/routing.ts'

const now = new Date('2026-11-26T12:00:00.000Z')
const master = (id: string, ago: number) => ({ id, title: id, categories: ['security' as const], concurrency: 1, seen_at: new Date(now.getTime() - ago).toISOString() })

t.test('a category goes to a master that agents work for, the same one on every replica', async (t) => {
  const [built, own] = [master('security-master', 1_000), master('appsec-master', 20_000)]
  t.equal(routeCategory('security', [built, own], now), 'appsec-master')
  t.equal(routeCategory('security', [own, built], now), 'appsec-master', 'in whatever order they came')
  t.equal(routeCategory('security', [master('appsec-master', absentAfter), built], now), 'security-master', 'one that was taken away takes nothing any more')
  t.equal(routeCategory('security', [master('appsec-master', absentAfter), master('security-master', 2 * absentAfter)], now), 'appsec-master', 'of those that are away the one seen last')
  t.equal(routeCategory('cicd', [built, own], now), 'cicd-master')
})
