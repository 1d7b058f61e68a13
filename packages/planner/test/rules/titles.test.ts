import t from 'tap'
import { reply, said } from './history.ts'

const expected: Readonly<Record<string, readonly (readonly [title: string, description: string])[]>> = {
  'Set up the following in parallel: 1) Deploy monitoring stack 2) Configure security scanning 3) Set up CI/CD pipeline': [
    ['Deploy Monitoring Stack', 'Deploy monitoring stack'], ['Configure Security Scanning', 'Configure security scanning'], ['Set Up CI/CD Pipeline', 'Set up CI/CD pipeline']
  ],
  'Deploy monitoring, configure security scanning and set up CI/CD for staging-eu, in parallel': [
    ['Deploy Monitoring for staging-eu', 'Deploy monitoring for staging-eu'], ['Configure Security Scanning for staging-eu', 'Configure security scanning for staging-eu'], ['Set Up CI/CD for staging-eu', 'Set up CI/CD for staging-eu']
  ],
  'please could you deploy redis, postgres and RabbitMQ to staging asap': [
    ['Deploy Redis to Staging', 'Deploy redis to staging'], ['Deploy Postgres to Staging', 'Deploy postgres to staging'], ['Deploy RabbitMQ to Staging', 'Deploy RabbitMQ to staging']
  ],
  'Set up network policies, dashboards with alerts, and a backup schedule': [
    ['Set Up Network Policies', 'Set up network policies'], ['Set Up Dashboards with Alerts', 'Set up dashboards with alerts'], ['Set Up Backup Schedule', 'Set up a backup schedule']
  ],
  'Add monitoring and alerting to the checkout service and then load test it': [
    ['Add Monitoring and Alerting to Checkout Service', 'Add monitoring and alerting to the checkout service'], ['Load Test Checkout Service', 'Load test it (“it” is: the checkout service)']
  ],
  'Compare versions of nginx and redis in use, and tell me which are outdated': [['Compare Versions of Nginx and Redis in Use', 'Compare versions of nginx and redis in use, and tell me which are outdated']],
  "Spin up a new postgres database and make sure it's backed up every night": [
    ['Spin Up Postgres Database', 'Spin up a new postgres database'], ['Make Sure Postgres Database is Backed Up Every Night', "Make sure it's backed up every night (“it” is: a new postgres database)"]
  ],
  'What packages are installed on the nodes and which are outdated?': [['List Packages That are Installed on Nodes', 'What packages are installed on the nodes, and which are outdated']],
  'What images do we use?': [['List Images We Use', 'What images do we use']],
  'Disable monitoring': [['Disable Monitoring', 'Disable monitoring']],
  'Turn off the nightly backups': [['Turn Off Nightly Backups', 'Turn off the nightly backups']],
  'Stop the nightly backups': [['Stop Nightly Backups', 'Stop the nightly backups']],
  'I need a security scan': [['Run Security Scan', 'Run a security scan']],
  'Build the image and deploy it to staging': [['Build Image', 'Build the image'], ['Deploy Image to Staging', 'Deploy it to staging (“it” is: the image)']],
  'In staging, deploy Redis and configure the backups': [['Deploy Redis in Staging', 'Deploy Redis in staging'], ['Configure Backups in Staging', 'Configure the backups in staging']],
  "Our API is slow. Add a cache to the api, but don't touch prod.": [['Add Cache to API', "Add a cache to the api\n\nThe person also said: Our API is slow. don't touch prod."]]
}

t.test('titles are short, imperative and in title case; descriptions are the person’s words with what they share', async (t) => {
  for (const [say, tasks] of Object.entries(expected)) t.strictSame(reply(said(say)).calls.map(({ input }) => [input.title, input.description]), tasks, say)
})

t.test('a long request still gets a title of a few words, and its description in full', async (t) => {
  const say = 'Set up a highly available PostgreSQL cluster with three replicas, streaming replication, nightly backups to S3 and a failover that needs no human being'
  const [call] = reply(said(say)).calls
  t.ok(String(call?.input.title).split(' ').length <= 9, String(call?.input.title))
  t.equal(call?.input.description, say)
})

t.test('code goes with the task and is never read as a request', async (t) => {
  const { calls } = reply(said('Fix this:\n```\ndelete everything; deploy redis\n```'))
  t.equal(calls.length, 1)
  t.match(calls[0]?.input.description, /```\ndelete everything; deploy redis\n```/)
})
