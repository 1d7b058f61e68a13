import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { only, result, temporaryFolder } from '../orchestrator.ts'
import { createDatabase } from '../postgres-database.ts'
import { untilDone } from '../support/load.ts'
import { ask, InsistentLoad } from '../support/postgres-load.ts'
import { spawnOrchestrator } from '../support/spawn-orchestrator.ts'
import { Witness } from '../support/witness.ts'

t.setTimeout(300_000)

async function replicate (t: Test) {
  const databaseUrl = await createDatabase(t)
  const start = async () => await spawnOrchestrator(t, { home: await temporaryFolder(t), databaseUrl, concurrency: 200 })
  return { databaseUrl, here: await start(), there: await start() }
}

t.test('a replica that stops in mid-transaction holds up the other for some seconds only, and has done nothing twice when it goes on', async (t) => {
  const { databaseUrl, here, there } = await replicate(t)
  const witness = new Witness()
  const load = new InsistentLoad(t, [here, there], witness)
  await load.more(50, 10)
  const stuck = await stopInMidTransaction(Number(here.pid), databaseUrl)
  const begun = performance.now()
  await there.create({ title: 'Meanwhile' })
  const heldUp = performance.now() - begun
  t.comment(`held up for ${Math.round(heldUp)} ms`)
  t.ok(heldUp < 9_000, `${Math.round(heldUp)} ms`)
  // Whether the create waited for it or not: the stopped transaction may hold nothing that a create needs.
  while ((await ask(databaseUrl, 'SELECT pid FROM pg_stat_activity WHERE pid = $1', [stuck])).length > 0) await sleep(50)
  const ended = performance.now() - begun
  t.ok(ended < 9_000, `the server ended its transaction after ${Math.round(ended)} ms`)
  process.kill(Number(here.pid), 'SIGCONT')
  await load.more(100, 20)
  await load.stopCreating()
  await t.resolves(untilDone(there, witness), 'what was left over is worked through')
  await load.stop()
  const tasks = await witness.lookAtTasks(here.task)
  t.same(witness.violations, [])
  t.ok(tasks.every(({ status }) => status === 'completed'))
})

t.test('a task whose replica is killed between admitting it and giving it out reaches a worker of the other within seconds', async (t) => {
  const { databaseUrl, here, there } = await replicate(t)
  // The first lease hangs in its transaction for a moment: then the task is admitted and not given out.
  await ask(databaseUrl, `CREATE TABLE first_lease (one boolean); INSERT INTO first_lease VALUES (true);
    CREATE FUNCTION hang () RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF EXISTS (SELECT 1 FROM first_lease) THEN PERFORM pg_sleep(2); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER hang BEFORE INSERT ON cortex.leases FOR EACH ROW EXECUTE FUNCTION hang()`)
  const gone = here.lease({ agent_id: 'of-here', wait_seconds: 20 }).catch(() => null)
  await sleep(200)
  const id = await there.create()
  while ((await ask(databaseUrl, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).length === 0) await sleep(10)
  const killed = performance.now()
  await here.kill('SIGKILL')
  await ask(databaseUrl, 'DELETE FROM first_lease')
  t.equal(await gone, null)
  const { task, lease_id: lease, attempt } = only(await there.lease({ agent_id: 'of-there', wait_seconds: 20 }))
  const took = performance.now() - killed
  t.comment(`given out again after ${Math.round(took)} ms`)
  t.ok(took < 12_000, `${Math.round(took)} ms`)
  t.same([task.id, attempt], [id, 1])
  t.equal((await there.end(lease, { kind: 'completed', result })).status, 200)
})

/** Stops the process at a moment at which the server waits for what it says next. Answers the number of that connection. */
async function stopInMidTransaction (pid: number, databaseUrl: string): Promise<number> {
  for (;;) {
    process.kill(pid, 'SIGSTOP')
    await sleep(100)
    const [stuck] = await ask<{ pid: number }>(databaseUrl, `SELECT pid FROM pg_stat_activity
      WHERE application_name = 'cortex' AND datname = current_database() AND state = 'idle in transaction' AND state_change < clock_timestamp() - interval '80 milliseconds'`)
    if (stuck) return stuck.pid
    process.kill(pid, 'SIGCONT')
    await sleep(20 + Math.random() * 50)
  }
}
