/* eslint-disable no-template-curly-in-string -- texts of other languages */
import t from 'tap'
import { redact } from '../src/index.ts'

const secret = 'Zq7vKp2mWx9LrT'

/** What of each text must go; a quote, a tag or a call stands between a name and its value. */
const texts: Array<[text: string, secret: string]> = [
  ['{"db":{"password":"Ab\\"Zq7vKp2mWx9LrT"}}', secret],
  ['kind: ConfigMap\ndata:\n  c.json: |\n    {"db":{"password":"Ab\\"Zq7vKp2mWx9LrT"}}\n', secret],
  ['password = "Ab\\"Zq7vKp2mWx9LrT"', secret],
  ['password: "quo\\"ted78kkll"', 'ted78kkll'],
  ['DB_PASSWORD="Ab\\"Zq7vKp2mWx9LrT"', secret],
  ['password: \'it\'\'s78kkllMM\'', '78kkll'],
  ['DB_PASSWORD=\'Ab\'\\\'\'Zq7vKp2mWx9LrT\'', secret],
  ['password: &db Zq7vKp2mWx9LrT', secret],
  ['passwd: !!str Tagged90llmm', 'Tagged90llmm'],
  ['token: !!binary WnE3dktwMm1XeDlMclQ=', 'WnE3dktw'],
  ['proxy_set_header Authorization "Basic dXNlcjpCYXNpY1B3MzRkZA==";', 'dXNlcjpC'],
  ['RequestHeader set Authorization "Basic dXNlcjpCYXNpY1B3MzRkZA=="', 'dXNlcjpC'],
  ['Authorization "Bearer abcDEF123456"', 'abcDEF123456'],
  ['password:\n  - ListItem12aabb\n', 'ListItem12aabb'],
  ['db:\n  password:\n  - ListItem12aabb\n  - "Other9kkTTmm"\n  user: x\n', 'Other9kkTTmm'],
  ['PASSWORD = os.getenv("PW", "Dflt56xxyy")', 'Dflt56xxyy'],
  ['const apiKey = process.env.KEY || "Dflt78xxyy"', 'Dflt78xxyy'],
  ['connect(process.env.API_KEY || "Dflt78xxyy")', 'Dflt78xxyy'],
  ['https://ghtoken1234567890abcdef@github.com/x.git', 'ghtoken1234567890'],
  ['apiVersion: v1\nkind: "\\x53ecret"\nstringData:\n  a: wordly-thing\n', 'wordly-thing'],
  ['{"kind":"\\u0053ecret","stringData":{"a":"wordly-thing"}}', 'wordly-thing'],
  ['spring.datasource.password : Zq7vKp2mWx9LrT', secret],
  ['db.password=Zq7\\:vKp2mWx9LrT', 'vKp2mWx9LrT'],
  ['<property name=\'password\' value=\'Zq7vKp2mWx9LrT\'/>', secret],
  ['<add value="Zq7vKp2mWx9LrT" key="DbPassword" />', secret],
  ['<datasource url="x" username="app" password="Zq7vKp2mWx9LrT"/>', secret],
  ['<Resource password="Zq7&quot;vKp2mWx9LrT"/>', 'vKp2mWx9LrT'],
  ['private static final String DB_PASSWORD = "Zq7vKp2mWx9LrT";', secret],
  ['dataSource.setPassword("Zq7vKp2mWx9LrT");', secret],
  ['.withPassword("Zq7vKp2mWx9LrT")', secret],
  ['cfg := Config{User: "app", Password: "Zq7vKp2mWx9LrT"}', secret],
  ['const password = `Zq7vKp2mWx9LrT`', secret],
  ['psycopg2.connect(host="db", user="app", password="Zq7vKp2mWx9LrT")', secret],
  ['{\'user\': \'app\', \'password\': \'Zq7vKp2mWx9LrT\'}', secret],
  ['os.environ["DB_PASSWORD"] = "Zq7vKp2mWx9LrT"', secret],
  ['password = os.environ.get(\'PW\', \'Zq7vKp2mWx9LrT\')', secret],
  ['"Server=db;User Id=app;Password=Zq7vKp2mWx9LrT;Encrypt=true"', secret],
  ['var password = @"Zq7""vKp2mWx9LrT";', 'vKp2mWx9LrT'],
  ['password: ENV.fetch("PW", "Zq7vKp2mWx9LrT")', secret],
  ['define(\'DB_PASSWORD\', \'Zq7vKp2mWx9LrT\');', secret],
  ['\'password\' => env(\'DB_PASSWORD\', \'Zq7vKp2mWx9LrT\'),', secret],
  ['let api_key: &str = "Zq7vKp2mWx9LrT";', secret],
  ['val password: String = "Zq7vKp2mWx9LrT"', secret],
  ['const password: string = \'Zq7vKp2mWx9LrT\'', secret],
  ['machine api.example.com\n  login app\n  password Zq7vKp2mWx9LrT\n', secret],
  ['db:5432:app:app:Zq7\\:vKp2mWx9LrT', 'vKp2mWx9LrT'],
  ['CREATE USER app WITH LOGIN PASSWORD E\'Zq7\'\'vKp2mWx9LrT\';', 'vKp2mWx9LrT'],
  ['ALTER LOGIN app WITH PASSWORD = N\'Zq7vKp2mWx9LrT\';', secret],
  ['SET PASSWORD FOR \'app\'@\'%\' = PASSWORD(\'Zq7vKp2mWx9LrT\');', secret],
  ['environment:\n  - "POSTGRES_PASSWORD=Zq7 vKp2mWx9LrT"\n', 'vKp2mWx9LrT'],
  ['environment:\n  POSTGRES_PASSWORD: \'Zq7$$vKp2mWx9LrT\'\n', 'vKp2mWx9LrT'],
  ['Environment="DB_PASSWORD=Zq7\\"vKp2mWx9LrT" "MODE=prod"', 'vKp2mWx9LrT'],
  ['Environment=\'API_TOKEN=Zq7vKp2mWx9LrT\'', secret],
  ['curl -sS -u \'app:Zq7 vKp2mWx9LrT\' https://api.example.com', 'vKp2mWx9LrT'],
  ['curl -H "X-Api-Key: Zq7vKp2mWx9LrT" https://api.example.com', secret],
  ['wget --http-user=app --http-password=\'Zq7 vKp2mWx9LrT\' https://x', 'vKp2mWx9LrT'],
  ['helm upgrade db ./db --set auth.username=app,auth.password=Zq7vKp2mWx9LrT,replicas=2', secret],
  ['helm install db ./db --set-string \'auth.password=Zq7\\,vKp2mWx9LrT\'', 'vKp2mWx9LrT'],
  ['auth = { username = "app", password = "Zq7\\"vKp2mWx9LrT" }', 'vKp2mWx9LrT'],
  ['password = <<-EOT\n    Zq7vKp2mWx9LrT\n  EOT\n', secret],
  ['{"db_password": {"value": "Zq7vKp2mWx9LrT"}}', secret],
  ['users:\n  - name: app\n    plain_text_passwd: \'Zq7vKp2mWx9LrT\'\n', secret],
  ['kubectl patch x -p "{\\"spec\\":{\\"password\\":\\"Zq7\\\\\\"vKp2mWx9LrT\\"}}"', 'vKp2mWx9LrT'],
  ['data:\n  c.json: |\n    {"db": {"password": "Zq7\\\\vKp2mWx9LrT"}}\n', 'vKp2mWx9LrT'],
  ['config: \'{"password": "Zq7\'\'vKp2mWx9LrT"}\'', 'vKp2mWx9LrT'],
  ['echo "password=Zq7vKp2mWx9LrT" >> /etc/app.conf', secret],
  ['echo \'root:Zq7vKp2mWx9LrT\' | chpasswd', secret],
  ['cat > .env <<\'EOF\'\nDB_PASSWORD=\'Zq7 vKp2mWx9LrT\'\nEOF\n', 'vKp2mWx9LrT'],
  ['export DB_PASSWORD=$\'Zq7\\\'vKp2mWx9LrT\'', 'vKp2mWx9LrT'],
  ['DB_PASSWORD="Zq7"\'vKp2mWx9LrT\'', 'vKp2mWx9LrT'],
  ['DB_PASSWORD="${DB_PASSWORD:-Zq7vKp2mWx9LrT}"', secret],
  ['$password = ConvertTo-SecureString \'Zq7vKp2mWx9LrT\' -AsPlainText -Force', secret],
  ['db1 ansible_user=root ansible_password=\'Zq7 vKp2mWx9LrT\'', 'vKp2mWx9LrT'],
  ['user default on >Zq7vKp2mWx9LrT ~* +@all', secret],
  ['password = Zq7vKp2mWx9LrT ; the old one', secret],
  ['password = \'\'\'Zq7vKp2mWx9LrT\'\'\'', secret],
  ['db: { user: app, password: Zq7vKp2mWx9LrT }', secret],
  ['db: {"password": \'Zq7\'\'vKp2mWx9LrT\'}', 'vKp2mWx9LrT'],
  ['DATABASE_URL: "postgresql://app:Zq7%40vKp2mWx9LrT@db:5432/app"', 'vKp2mWx9LrT'],
  ['https://api.example.com/v1?api_key=Zq7vKp2mWx9LrT&x=1', secret],
  ['bindpw Zq7vKp2mWx9LrT', secret],
  ['user admin insecure-password Zq7vKp2mWx9LrT', secret],
  ['credentials { username = \'app\'; password = \'Zq7vKp2mWx9LrT\' }', secret],
  ['//registry.example.com/:_password=WnE3dktwMm1XeDlMclQ=', 'WnE3dktwMm1XeDlMclQ'],
  ['ENV APP=x DB_PASSWORD="Zq7 vKp2mWx9LrT" MODE=y', 'vKp2mWx9LrT']
]

t.test('a value is redacted whole, however it is quoted, tagged, joined or given to a call', (t) => {
  const left = texts.filter(([text, secret]) => redact(text).includes(secret))
  t.strictSame(left.map(([text]) => redact(text)), [])
  for (const [text] of texts) t.equal(redact(redact(text)), redact(text))
  t.end()
})

t.test('what is looked up, referred to or given by name stays', (t) => {
  const harmless = [
    'password: !vault ref', 'const key = process.env.API_KEY || ""', 'token = os.getenv("TOKEN")', 'password = config.get("password", "changeme")', 'password: &db\n  - a\n  - word\n', 'password:\n  - required\n  - minLength: 8\n',
    'setPassword("")', 'setPassword(password)', 'getPassword("alice-laptop")', 'https://deploy-user@github.com/x.git', 'https://gitlab-ci-token@example.com/x.git', 'kind: "Config\\x4dap"\ndata:\n  a: word\n',
    'Authorization "Bearer $token"', 'user default on nopass ~* +@all', '"MODE=production make deploy"', 'password: string = input()', 'const token: string = await login()', 'DB_PASSWORD="${DB_PASSWORD:-changeme}"'
  ]
  t.strictSame(harmless.filter((text) => redact(text) !== text).map((text) => redact(text)), [])
  t.end()
})
