/* eslint-disable no-template-curly-in-string -- texts of other languages */
/** A text that holds secrets, and the secrets in it, none of which may be left. */
export interface Positive { kind: string, text: string, secrets: string[] }

const letters = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
export const alnum = letters.toUpperCase() + letters + digits
const hex = `${digits}abcdef`
const base64Alphabet = `${alnum}+/`

/** Made up when it is needed and the same each time: nothing in this file looks like a secret to who scans repositories. */
export function drawn (length: number, alphabet = alnum, seed = length): string {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += alphabet[(state >>> 8) % alphabet.length]
  }
  return text
}

export function base64 (text: string): string {
  return Buffer.from(text).toString('base64')
}

const pem = (label: string, body = drawn(200, base64Alphabet).replace(/(.{64})/g, '$1\n')) => `-----BEGIN ${label}PRIVATE ${'KEY'}-----\n${body}\n-----END ${label}PRIVATE ${'KEY'}-----`
const bodyOf = (key: string) => key.split('\n').slice(1, -1)
const jwt = `${base64('{"alg":"HS256","typ":"JWT"}').replaceAll('=', '')}.${base64('{"sub":"1234567890","name":"x"}').replaceAll('=', '')}.${drawn(43)}`
const password = `hx${drawn(9, `${alnum}!%`, 3)}`
const word = 'correcthorsebattery'

const token = (kind: string, secret: string): Positive => ({ kind, text: `the job printed ${secret} and went on`, secrets: [secret] })
const named = (kind: string, text: (secret: string) => string, secret = password): Positive => ({ kind, text: text(secret), secrets: [secret] })

const tokens: Positive[] = [
  token('AWS access key', `AKIA${drawn(16, letters.toUpperCase() + digits)}`),
  token('AWS temporary key', `ASIA${drawn(16, letters.toUpperCase() + digits, 5)}`),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => token('GitHub token', prefix + drawn(36))),
  token('GitHub fine-grained token', `github_pat_${drawn(22)}_${drawn(59)}`),
  ...['glpat-', 'gldt-', 'glrt-', 'glcbt-64_', 'glptt-'].map((prefix) => token('GitLab token', prefix + drawn(20))),
  ...['xoxb-', 'xoxp-', 'xoxe-'].map((prefix) => token('Slack token', `${prefix}${drawn(12, digits)}-${drawn(12, digits, 4)}-${drawn(24)}`)),
  token('Slack app token', `xapp-1-A${drawn(10, alnum.toUpperCase())}-${drawn(13, digits)}-${drawn(64, hex)}`),
  { kind: 'Slack webhook', text: `curl https://hooks.slack.com/services/T${drawn(8)}/B${drawn(8, alnum, 9)}/${drawn(24)}`, secrets: [drawn(24)] },
  token('npm token', `npm_${drawn(36)}`), token('PyPI token', `pypi-AgEIcHlwaS5vcmc${drawn(140)}`), token('RubyGems token', `rubygems_${drawn(48, hex)}`), token('Docker token', `dckr_pat_${drawn(27)}`),
  token('Anthropic key', `sk-ant-api03-${drawn(93)}AA`), token('OpenAI key', `sk-proj-${drawn(48)}`), token('OpenAI key, older', `sk-${drawn(20)}T3BlbkFJ${drawn(20, alnum, 2)}`), token('OpenRouter key', `sk-or-v1-${drawn(64, hex)}`),
  token('Hugging Face token', `hf_${drawn(34)}`), token('Groq key', `gsk_${drawn(52)}`), token('Google API key', `AIza${drawn(35)}`), token('Google client secret', `GOCSPX-${drawn(28)}`), token('Google access token', `ya29.a0${drawn(60)}`),
  ...['sk_live_', 'rk_live_', 'sk_test_'].map((prefix) => token('Stripe key', prefix + drawn(24))), token('Stripe webhook secret', `whsec_${drawn(32)}`),
  token('Twilio key', `SK${drawn(32, hex)}`), token('SendGrid key', `SG.${drawn(22)}.${drawn(43)}`), token('Mailchimp key', `${drawn(32, hex)}-us12`),
  token('Discord token', `M${drawn(23)}.${drawn(6)}.${drawn(38)}`), { kind: 'Discord webhook', text: `https://discord.com/api/webhooks/${drawn(18, '123456789')}/${drawn(68)}`, secrets: [drawn(68)] },
  token('Telegram token', `${drawn(9, '123456789')}:AA${drawn(33)}`), token('Cortex token', `ctx_${drawn(43)}`), token('DigitalOcean token', `dop_v1_${drawn(64, hex)}`), token('Shopify token', `shpat_${drawn(32, hex)}`), token('Square token', `sq0atp-${drawn(22)}`),
  token('Databricks token', `dapi${drawn(32, hex)}`), token('Vault token', `hvs.${drawn(90)}`), token('Terraform token', `${drawn(14)}.atlasv1.${drawn(67)}`), token('Grafana token', `glsa_${drawn(32)}_${drawn(8, hex)}`),
  token('New Relic key', `NRAK-${drawn(27, letters.toUpperCase() + digits)}`), token('Sentry token', `sntrys_${drawn(80)}`), token('Linear key', `lin_api_${drawn(40)}`), token('Notion token', `ntn_${drawn(46)}`), token('Tailscale key', `tskey-auth-${drawn(40)}`),
  token('JSON web token', jwt), token('age key', `AGE-SECRET-KEY-1${drawn(58, letters.toUpperCase() + digits)}`), token('bcrypt hash', `$2y$10$${drawn(53)}`)
]

const yamlSecret = (data: string) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n${data}`
const objects: Positive[] = [
  named('Secret, data', (secret) => yamlSecret(`data:\n  password: ${secret}\n`), base64(password)),
  named('Secret, stringData', (secret) => yamlSecret(`stringData:\n  anything: ${secret}\n`), word),
  named('Secret, quoted', (secret) => yamlSecret(`stringData:\n  "any.thing": "${secret}"\n`), word),
  named('Secret, data before kind', (secret) => `apiVersion: v1\ndata:\n  a: ${secret}\nkind: Secret\n`, base64(word)),
  { kind: 'Secret, block', text: yamlSecret(`stringData:\n  config.ini: |\n    user=app\n    ${word}\n\n    more ${password}\n  b: plain${word}\ntype: Opaque\n`), secrets: [word, password, `plain${word}`] },
  named('Secret, multi-document', (secret) => `kind: ConfigMap\ndata:\n  a: b\n---\n${yamlSecret(`data:\n  x: ${secret}\n`)}---\nkind: Service\n`, base64(word)),
  named('Secret, in a List', (secret) => `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  data:\n    x: ${secret}\n- kind: ConfigMap\n  data:\n    y: z\n`, base64(word)),
  named('Secret, indented in a template', (secret) => `{{- if .Values.x }}\n  apiVersion: v1\n  kind: "Secret" # ours\n  stringData:\n    x: ${secret}\n{{- end }}\n`, word),
  named('Secret, in braces', (secret) => `kind: Secret\nstringData: { a: ${secret} }\n`, word),
  named('Secret, YAML in braces', (secret) => `{kind: Secret, metadata: {name: x}, stringData: {a: ${secret}}}`, word),
  named('Secret, JSON', (secret) => JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: { x: secret } }), base64(word)),
  named('Secret, JSON, pretty', (secret) => JSON.stringify({ items: [{ data: { x: secret }, kind: 'Secret' }], kind: 'List' }, null, 2), base64(word)),
  named('Secret, JSON in JSON', (secret) => JSON.stringify({ metadata: { annotations: { last: JSON.stringify({ data: { x: secret }, kind: 'Secret' }) } } }), base64(word)),
  named('Secret, JSON in YAML', (secret) => `metadata:\n  annotations:\n    last-applied-configuration: |\n      {"apiVersion":"v1","kind":"Secret","data":{"x":"${secret}"}}\n`, base64(word)),
  named('Secret, in a diff', (secret) => `diff --git a/s.yaml b/s.yaml\n@@ -0,0 +1,5 @@\n+kind: Secret\n+metadata:\n+  name: x\n+stringData:\n+  a: ${secret}\n`, word),
  named('Secret, cut off', (secret) => `{"kind":"Secret","data":{"x":"${secret}","y":"`, base64(word)),
  named('pull secret', (secret) => `metadata:\n  name: regcred\n.dockerconfigjson: ${secret}\n`, base64(`{"auths":{"r":{"auth":"${base64(`a:${word}`)}"}}}`))
]

const keys: Positive[] = [
  ...['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '].map((label) => ({ kind: `private key, ${label || 'PKCS8'}`, text: pem(label), secrets: bodyOf(pem(label)) })),
  { kind: 'private key in YAML', text: `tls:\n  key: |\n${pem('').replace(/^/gm, '    ')}\n  cert: x\n`, secrets: bodyOf(pem('')) },
  { kind: 'private key in one line', text: JSON.stringify({ private_key: pem('RSA ') }), secrets: bodyOf(pem('RSA ')) },
  { kind: 'private key, cut off', text: pem('').split('\n').slice(0, 3).join('\n'), secrets: bodyOf(pem('')).slice(0, 2) },
  { kind: 'private key in base64', text: `key: ${base64(pem('EC '))}`, secrets: [base64(pem('EC '))] },
  { kind: 'token in base64', text: `echo ${base64(`ghp_${drawn(36)}\n`)} | base64 -d`, secrets: [base64(`ghp_${drawn(36)}\n`)] },
  { kind: 'service account of Google', text: JSON.stringify({ type: 'service_account', private_key_id: drawn(40, hex), private_key: pem(''), client_email: 'a@b.iam.gserviceaccount.com' }, null, 2), secrets: bodyOf(pem('')) },
  { kind: 'PuTTY key', text: `PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n${drawn(48, base64Alphabet)}\nPrivate-MAC: x\n`, secrets: [drawn(48, base64Alphabet)] },
  named('kubeconfig key', (secret) => `users:\n- name: a\n  user:\n    client-certificate-data: ${base64('cert'.repeat(9))}\n    client-key-data: ${secret}\n`, base64(drawn(60))),
  named('kubeconfig token', (secret) => `users:\n- name: a\n  user:\n    token: ${secret}\n`, drawn(40)),
  named('AWS credentials', (secret) => `[default]\naws_access_key_id = AKIA${drawn(16, letters.toUpperCase() + digits)}\naws_secret_access_key = ${secret}\n`, drawn(40, base64Alphabet)),
  named('AWS secret in JSON', (secret) => JSON.stringify({ AccessKeyId: `ASIA${drawn(16, digits)}`, SecretAccessKey: secret, SessionToken: 'x' }), drawn(40, base64Alphabet)),
  named('AWS pair', (secret) => `AKIA${drawn(16, letters.toUpperCase() + digits)},${secret}`, drawn(40, base64Alphabet, 8)),
  named('Azure storage', (secret) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret};EndpointSuffix=core.windows.net`, `${drawn(86, base64Alphabet)}==`),
  named('Azure service bus', (secret) => `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${secret}`, `${drawn(43, base64Alphabet)}=`),
  named('Azure signature', (secret) => `https://a.blob.core.windows.net/c?sv=2024-01-01&se=2026&sp=r&sig=${secret}`, `${drawn(40)}%3D`),
  token('Azure client secret', `${drawn(3)}8Q~${drawn(34)}`)
]

const assignments: Positive[] = [
  ...['DB_PASSWORD', 'POSTGRES_PASSWORD', 'PGPASSWORD', 'REDIS_PASS', 'JWT_SECRET', 'SECRET_KEY', 'API_TOKEN', 'TWILIO_AUTH_TOKEN', 'DATADOG_API_KEY', 'ENCRYPTION_KEY'].map((name) => named(`.env ${name}`, (secret) => `PORT=80\n${name}=${secret}\nDEBUG=1\n`)),
  named('.env, a word', (secret) => `DB_PASSWORD=${secret}\n`, 'swordfish'), named('.env, quoted', (secret) => `export DB_PASSWORD="${secret}"\n`, 'my pass phrase'), named('.env, odd letters', (secret) => `DB_PASSWORD=${secret}\n`, 'p&ss;w(0)rd,1'),
  named('YAML', (secret) => `db:\n  user: app\n  password: ${secret}\n`), named('YAML, a word', (secret) => `adminPassword: ${secret}\n`, 'prom-operator'), named('YAML, single quotes', (secret) => `password: '${secret}'\n`, 'two words'), named('YAML, comment', (secret) => `password: ${secret} # of the database\n`),
  named('YAML, block', (secret) => `password: |\n  ${secret}\nnext: 1\n`), named('YAML, list', (secret) => `environment:\n  - DB_PASSWORD=${secret}\n`), named('YAML, token', (secret) => `token: ${secret}\n`, drawn(20)),
  named('Kubernetes env', (secret) => `env:\n  - name: DB_PASSWORD\n    value: ${secret}\n`), named('Kubernetes env, quoted', (secret) => `env:\n  - name: "API_TOKEN"\n    value: "${secret}"\n`, drawn(16)), named('Kubernetes env, JSON', (secret) => JSON.stringify({ env: [{ name: 'DB_PASSWORD', value: secret }] })),
  named('JSON', (secret) => JSON.stringify({ user: 'a', password: secret })), named('JSON in a string', (secret) => JSON.stringify({ body: JSON.stringify({ password: secret }) })), named('JSON, camel case', (secret) => JSON.stringify({ dbPassword: secret, clientSecret: drawn(18) })),
  named('properties', (secret) => `spring.datasource.password=${secret}\n`), named('TOML', (secret) => `password = "${secret}"\n`), named('HCL', (secret) => `variable "x" {\n  db_password = "${secret}"\n}\n`), named('INI', (secret) => `[db]\npasswd = ${secret}\n`),
  named('XML element', (secret) => `<server><password>${secret}</password></server>`), named('XML attribute', (secret) => `<add key="DbPassword" value="${secret}"/>`),
  named('code', (secret) => `const apiKey = '${secret}'\n`, drawn(24)), named('Python', (secret) => `password = "${secret}"\n`), named('PHP', (secret) => `'password' => '${secret}',\n`), named('Go', (secret) => `token := "${secret}"\n`, drawn(24)),
  named('Dockerfile ENV', (secret) => `FROM x\nENV API_TOKEN ${secret}\n`, drawn(12)), named('Dockerfile ARG', (secret) => `ARG DB_PASSWORD=${secret}\n`), named('command line', (secret) => `tool --password ${secret} --verbose`), named('command line, =', (secret) => `tool --api-key=${secret} run`, drawn(20)),
  named('kubectl', (secret) => `kubectl create secret generic x --from-literal=password=${secret}`), named('mysql', (secret) => `mysqldump -u root -p${secret} db`), named('sshpass', (secret) => `sshpass -p ${secret} ssh host`), named('curl', (secret) => `curl -su admin:${secret} https://x`),
  named('URL query', (secret) => `GET /v1/x?api_key=${secret}&page=2`, drawn(20)), named('diff', (secret) => `@@ -1 +1 @@\n-DB_PASSWORD=${secret}\n+DB_PASSWORD=\${DB_PASSWORD}\n`), named('log line', (secret) => `2026-01-01T00:00:00Z INFO connecting user=app password=${secret} host=db`)
]

const connections: Positive[] = [
  ...['postgres', 'postgresql', 'mysql', 'mongodb', 'mongodb+srv', 'redis', 'amqp', 'https', 'ftp', 'sftp', 'smtp'].map((scheme) => named(`${scheme} URL`, (secret) => `URL=${scheme}://app:${secret}@db.example.com:5432/x?ssl=true`)),
  named('URL without a name', (secret) => `rediss://:${secret}@cache:6379/0`), named('URL with @', (secret) => `postgres://app:${secret}@db/x`, 'p@ssw0rd9'), named('URL in JSON', (secret) => JSON.stringify({ log: `first\npostgres://app:${secret}@db/x` })),
  named('JDBC', (secret) => `jdbc:postgresql://h/db?user=a&password=${secret}&ssl=true`), named('JDBC Oracle', (secret) => `jdbc:oracle:thin:scott/${secret}@//h:1521/x`), named('ADO', (secret) => `Server=db;User Id=sa;Password=${secret};Encrypt=true`), named('ODBC', (secret) => `Driver={x};Uid=sa;Pwd=${secret};`),
  named('libpq', (secret) => `host=db user=app password=${secret} dbname=x`), named('authorization bearer', (secret) => `Authorization: Bearer ${secret}`, drawn(30)), named('authorization basic', (secret) => `> authorization: Basic ${secret}`, base64(`a:${password}`)), named('authorization in JSON', (secret) => `{"Authorization":"token ${secret}"}`, drawn(30)),
  named('X-Api-Key', (secret) => `X-Api-Key: ${secret}`, drawn(24)), named('PRIVATE-TOKEN', (secret) => `PRIVATE-TOKEN: ${secret}`, drawn(20)), named('cookie', (secret) => `Set-Cookie: session=${secret}; HttpOnly`, drawn(40)),
  named('docker config', (secret) => `{"auths":{"registry.example.com":{"auth":"${secret}"}}}`, base64(`me:${password}`)), named('npmrc', (secret) => `//packages.example.com/:_authToken=${secret}\n`, drawn(36, hex)), named('npmrc, older', (secret) => `_auth=${secret}\n`, base64(`me:${password}`)),
  named('netrc', (secret) => `machine api.example.com\n  login me\n  password ${secret}\n`), named('pgpass', (secret) => `db.example.com:5432:app:me:${secret}\n`), named('git credentials', (secret) => `https://me:${secret}@github.com\n`),
  named('shadow', (secret) => `root:${secret}:19700:0:99999:7:::`, `$6$${drawn(16)}$${drawn(86)}`), named('htpasswd', (secret) => `admin:${secret}`, `$apr1$${drawn(8)}$${drawn(22)}`), named('htpasswd SHA', (secret) => `admin:${secret}`, `{SHA}${drawn(27)}=`), named('yescrypt', (secret) => `a:${secret}:1:`, `$y$j9T$${drawn(22)}$${drawn(43)}`),
  named('kubeadm', (secret) => `kubeadm join 10.0.0.1:6443 --token ${secret} --discovery-token-ca-cert-hash sha256:${drawn(64, hex)}`, `${drawn(6, letters + digits)}.${drawn(16, letters + digits)}`), named('WireGuard', (secret) => `[Interface]\nPrivateKey = ${secret}\n`, `${drawn(43, base64Alphabet)}=`)
]

const dollar = '$'
const configMap = (text: string) => `kind: ConfigMap\ndata:\n  other: x\n  secret.yaml: |\n${text.replace(/^(?=.)/gm, '    ')}`
const furtherObjects: Positive[] = [
  named('Secret, anchored kind', (secret) => `kind: &k Secret\nstringData:\n  a: ${secret}\n`, word),
  named('Secret, tagged kind', (secret) => `kind: !!str "Secret"\nstringData: !!map\n  a: ${secret}\n`, word),
  named('Secret, data of an alias', (secret) => `x-shared: &shared\n  colour: ${secret}\nitem:\n  kind: Secret\n  stringData: *shared # all of it\n`, word),
  named('Secret, data of an alias in braces', (secret) => `x-shared: &shared { colour: ${secret} }\nitem:\n  stringData: *shared\n  kind: Secret\n`, word),
  named('Secret, kind of an alias', (secret) => `kind: &k Secret\nstringData:\n  a: x${secret}\n---\nkind: *k\nstringData:\n  b: ${secret}\n`, word),
  named('Secret, kind on the next line', (secret) => `kind:\n  Secret\nstringData:\n  a: ${secret}\n`, word),
  named('Secret, anchored data', (secret) => yamlSecret(`stringData: &d\n  a: &v ${secret}\n`), word),
  named('Secret, anchored block', (secret) => yamlSecret(`stringData:\n  a: &v |\n    ${secret}\n`), word),
  named('Secret, in braces over lines', (secret) => yamlSecret(`stringData: {\n  a: x, # first\n  b: "${secret}",\n}\n`), word),
  named('Secret, in braces that begin on the line', (secret) => yamlSecret(`stringData: {a: x,\n  b: ${secret}}\ntype: Opaque\n`), word),
  named('Secret, in braces beside a template', (secret) => yamlSecret(`stringData: { a: ${dollar}{X}, b: {{ .Values.b }}, c: ${secret} }\n`), word),
  named('Secret, a block beside a template', (secret) => yamlSecret(`stringData:\n  a: |\n    url=${dollar}{URL}\n    ${secret}\n`), word),
  named('Secret, in the block of a ConfigMap', (secret) => configMap(yamlSecret(`stringData:\n  a: ${secret}\n`)), word),
  named('Secret, second in the block of a ConfigMap', (secret) => configMap(`kind: Service\n---\n${yamlSecret(`data:\n  a: ${secret}\n`)}---\nkind: ConfigMap\ndata:\n  c: d\n`), base64(word)),
  named('Secret, in the block of a block', (secret) => configMap(configMap(yamlSecret(`stringData:\n  a: ${secret}\n`))), word),
  named('Secret, in a string of a ConfigMap that ends its lines as Windows does', (secret) => `kind: ConfigMap\ndata:\n  s: ${JSON.stringify(yamlSecret(`stringData:\n  a: ${secret}\n`).replaceAll('\n', '\r\n'))}\n`, word),
  named('Secret, in a string that goes on', (secret) => `kind: ConfigMap\ndata:\n  s: "kind: Secret\\n\\\n    stringData:\\n\\\n    \\  a: ${secret}\\n"\n`, word),
  named('Secret, items of a list', (secret) => `kind: SecretList\nitems:\n- metadata:\n    name: a\n  data:\n    a: ${secret}\n`, base64(word)),
  named('Secret, items before their list', (secret) => JSON.stringify({ items: [{ data: { a: secret } }], kind: 'SecretList' }), base64(word)),
  named('Secret, behind a byte order mark', (secret) => `\uFEFFkind: Secret\nstringData:\n  a: ${secret}\n`, word)
]

const furtherAssignments: Positive[] = [
  named('Terraform variable', (secret) => `variable "db_password" {\n  type        = string\n  description = "Of the database"\n  default     = "${secret}"\n}\n`),
  named('Terraform variable, one line', (secret) => `variable "db_password" { default = "${secret}" }\n`),
  named('Terraform variable, checked', (secret) => `variable "api_token" {\n  validation {\n    condition = true\n  }\n  sensitive = true\n  default = "${secret}"\n}\n`, drawn(20)),
  named('Terraform variable, JSON', (secret) => JSON.stringify({ variable: { db_password: { type: 'string', default: secret } } }, null, 2)),
  named('Terraform output', (secret) => JSON.stringify({ db_password: { sensitive: true, type: 'string', value: secret } })),
  named('Terraform output, lines', (secret) => `output "db_password" {\n  value = "${secret}"\n}\n`),
  named('default of a parameter', (secret) => `parameters:\n  dbPassword:\n    type: string\n    default: ${secret}\n`),
  named('arguments', (secret) => `args: ["--db-password", "${secret}"]\n`),
  named('arguments, single quotes', (secret) => `args: ['serve', '--db-password', '${secret}', '--verbose']\n`),
  named('arguments, no quotes', (secret) => `args: [serve, --db-password, ${secret}]\n`),
  named('arguments, JSON over lines', (secret) => JSON.stringify({ args: ['--api-token', secret, '--x'] }, null, 2), drawn(20)),
  named('arguments, YAML', (secret) => `args:\n  - --db-password\n  - ${secret}\n  - --verbose\n`),
  named('arguments, YAML with quotes', (secret) => `args:\n- "--db-password"\n- "${secret}"\n`),
  named('Dockerfile CMD', (secret) => `CMD ["serve", "--password", "${secret}"]\n`),
  named('arguments in a string', (secret) => JSON.stringify({ text: JSON.stringify(['--db-password', secret]) })),
  named('command line that goes on', (secret) => `tool --password \\\n  ${secret} \\\n  --verbose\n`),
  named('Kubernetes env, value first', (secret) => `env:\n  - value: ${secret}\n    name: DB_PASSWORD\n  - value: x\n    name: MODE\n`),
  named('Kubernetes env, value first, quoted', (secret) => `env:\n- value: "${secret}"\n  name: "DB_PASSWORD"\n`, 'my pass phrase'),
  named('Kubernetes env, value first, braces', (secret) => `env: [{ value: ${secret}, name: DB_PASSWORD }]\n`),
  named('Kubernetes env, value first, JSON', (secret) => JSON.stringify({ env: [{ value: secret, name: 'DB_PASSWORD' }] })),
  named('Kubernetes env, value first, JSON over lines', (secret) => JSON.stringify({ env: [{ value: secret, name: 'DB_PASSWORD' }] }, null, 2)),
  named('variable with a type between', (secret) => JSON.stringify({ name: 'DB_PASSWORD', type: 'PLAINTEXT', value: secret })),
  named('variable with a comment between', (secret) => `- name: DB_PASSWORD\n  # of the database\n  value: ${secret}\n`),
  named('parameter of CloudFormation', (secret) => `ParameterKey=DBPassword,ParameterValue=${secret}`),
  named('parameter of CloudFormation, JSON', (secret) => JSON.stringify([{ ParameterKey: 'DBPassword', ParameterValue: secret }])),
  named('HCL heredoc', (secret) => `db_password = <<EOF\n${secret}\nEOF\n`),
  named('HCL heredoc, indented', (secret) => `  db_password = <<-EOT\n    first line\n    ${secret}\n  EOT\n  next = 1\n`),
  named('TOML, three quotes', (secret) => `password = """\n${secret}\n"""\n`),
  named('TOML, three quotes on a line', (secret) => `password = """${secret}"""\n`),
  named('TOML, three single quotes', (secret) => `api_key = '''\n${secret}'''\n`, drawn(24)),
  named('code, string over lines', (secret) => `const password = \`\n${secret}\n\`\n`),
  named('JSON, value on the next line', (secret) => `{\n  "password":\n    "${secret}",\n  "next": 1\n}\n`),
  named('YAML, value on the next line', (secret) => `db:\n  password:\n    ${secret}\n  user: app\n`),
  named('YAML, quoted value on the next line', (secret) => `password:\n  "${secret}"\n`, 'two words'),
  named('YAML, quoted over lines', (secret) => `password: "first\n  ${secret}"\nuser: app\n`),
  named('YAML, anchored', (secret) => `password: &p |\n  ${secret}\n`),
  named('XML element over lines', (secret) => `<password>\n  ${secret}\n</password>\n`),
  named('log in colours', (secret) => `password=\u001B[32m${secret}\u001B[0m`)
]

const elsewhere: Positive[] = [
  ...['DB_PASSWORD_PROD', 'DB_PASSWORD_OLD', 'API_KEY_PROD', 'SECRET_V2', 'GITHUB_TOKEN_RO', 'DB_PASSWORD_PROD_RO', 'JWT', 'CREDS'].map((name) => named(`name with what it is for, ${name}`, (secret) => `env:\n  ${name}: ${secret}\n  ${name}_2: x\n`, drawn(20))),
  ...['rootpw', 'admin_pw', 'bindpw', 'unseal_key_1', 'Unseal Key 1', 'Initial Root Token'].map((name) => named(name, (secret) => `${name}: ${secret}\n`, drawn(24))),
  { kind: 'list of passwords', text: `passwords: [${password}, "${word}"]\n`, secrets: [password, word] },
  { kind: '.env, names of every kind', text: `# ours\nMODE=production\nJWT=abcd1234efgh5678\nCREDS=alice:wonderland9\nADMIN_LOGIN=root:letmein123\nSALT=${drawn(16)}\nexport MASTER="${drawn(18)}"\nENCRYPTION=${drawn(32, hex)}\n`, secrets: ['abcd1234efgh5678', 'wonderland9', 'letmein123', drawn(16), drawn(18), drawn(32, hex)] },
  named('Go DSN', (secret) => `app:${secret}@tcp(10.0.0.1:3306)/app?parseTime=true`), named('Go DSN in YAML', (secret) => `dsn: "root:${secret}@unix(/run/mysqld.sock)/app"\n`),
  named('URL with / and @ in its password', (secret) => `postgres://app:${secret}@db.example.com:5432/x`, 'Zx/81@kk'),
  named('SQL', (secret) => `CREATE USER 'app'@'%' IDENTIFIED BY '${secret}';`), named('SQL, plugin', (secret) => `ALTER USER root IDENTIFIED WITH caching_sha2_password BY '${secret}';`), named('SQL of PostgreSQL', (secret) => `CREATE ROLE app LOGIN ENCRYPTED PASSWORD '${secret}';`), named('SQL of PostgreSQL, WITH', (secret) => `alter role app with password '${secret}'`),
  named('Redis', (secret) => `port 6379\nrequirepass ${secret}\n`), named('Redis, replica', (secret) => `masterauth ${secret}\n`),
  named('docker login', (secret) => `docker login -u me -p ${secret} registry.example.com`), named('login of a registry, quoted', (secret) => `helm registry login x -u me -p "${secret}"`),
  named('BASIC_AUTH', (secret) => `BASIC_AUTH=admin:${secret}`),
  named('Terraform Secret', (secret) => `resource "kubernetes_secret" "db" {\n  metadata {\n    name = "db"\n  }\n  data = {\n    anything = "${secret}"\n  }\n}\n`, word), named('Terraform Secret, one line', (secret) => `kubernetes_secret { data = { a = "${secret}" } }`, word),
  named('kubectl, any name', (secret) => `kubectl -n x create secret generic db --from-literal=foo=${secret} --from-literal=bar=x`, word), named('kubectl over lines', (secret) => `kubectl create secret generic db \\\n  --from-literal=user=app \\\n  --from-literal foo='${secret}'\n`, 'two words'),
  token('Atlassian token', `ATATT3xFfGF0${drawn(170)}`), token('Pulumi token', `pul-${drawn(40, hex)}`), token('Doppler token', `dp.st.prd.${drawn(43)}`), token('1Password token', `ops_eyJ${drawn(200)}`), token('Vercel token', `vercel_${drawn(24)}`), token('Snyk token', `snyk_uat.${drawn(8)}.${drawn(40)}`)
]

/** A part of an object, which is one at the beginning of a text only. */
export const parts: Positive[] = [
  named('Secret without its braces', (secret) => `"kind": "Secret",\n"data": {\n  "x": "${secret}"\n}\n`, base64(word))
]

/** What else ends a line. */
export const lineEnds: ReadonlyArray<readonly [name: string, end: string]> = [['Windows', '\r\n'], ['old Macs', '\r']]

/** Those whose secret is one by its place alone, so that any other value there is one too. */
export const places = [...objects, ...furtherObjects, ...assignments, ...furtherAssignments].filter(({ kind, text, secrets }) => !/diff|pull/.test(kind) && secrets.length === 1 && text.includes(secrets[0]!))

export const positives = [...tokens, ...objects, ...furtherObjects, ...keys, ...assignments, ...furtherAssignments, ...connections, ...elsewhere]

/** Texts without a secret, each of which stays as it is. */
export const negatives: string[] = [
  'secretName: grafana-admin', 'valueFrom:\n  secretKeyRef:\n    name: db\n    key: password', 'existingSecret: my-release-postgresql', 'imagePullSecrets:\n  - name: regcred', 'secretRef:\n  name: app', 'envFrom:\n  - secretRef: { name: x }', 'tokenSecretRef: { name: a, key: token }',
  'password: $(DB_PASSWORD)', 'password: ${DB_PASSWORD}', 'DB_PASSWORD=$DB_PASSWORD', 'password: "{{ .Values.auth.password | quote }}"', 'password: {{ .Values.p }}', 'token: ${{ secrets.GITHUB_TOKEN }}', 'password: <your password>', 'password: changeme', 'API_KEY=your-api-key-here', 'PASSWORD=REPLACE_ME', 'password: ********', 'password: xxxxxxxx', 'api_key: "<redacted>"', 'DB_PASSWORD=', 'password: ""', 'password: null', 'password: !vault |', 'password: *shared',
  'postgres://app:$DB_PASSWORD@db/x', 'postgres://app:${DB_PASSWORD}@db:5432/x', 'postgres://db.example.com:5432/x', 'https://example.com:8443/a@b', 'http://localhost:8080/a@b', 'git@github.com:owner/repo.git', 'ssh://git@github.com/owner/repo', 'mailto:a@b.example',
  'tokens: 12', 'max_tokens: 4096', 'The secret is out', 'A token is a word.', 'password: the one you were given', 'Password must have 12 letters', 'Enter your password: ', 'token: string', 'password: str', 'secret: true', 'secrets: inherit', 'permissions:\n  id-token: write', 'next_page_token: CAUQAA3x9fQ2', 'idempotency_key: task-chat-1766779451040-2axt2h5cq',
  'passwordFile: /run/secrets/db', 'credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token', 'token_url: https://auth.example.com/token', 'POSTGRES_PASSWORD_FILE=/run/secrets/pw', 'private_key_path: ~/.ssh/id_ed25519', 'PWD=/home/app', 'password_policy: strong', 'compass: north-west', 'bypass: everything', 'secret: grafana-admin', 'secret: tls-cert-v2', 'key: password', 'public_key: ssh-ed25519-key', 'accessToken: accessToken',
  'const password = user.password', 'const token = await getToken()', 'password: getPassword()', 'if (password == null) return', 'if (token === expected) {', 'password: string,', 'function f (token: Token) {}', 'token => send(token)', 'this.secret = secret', 'password = os.environ["DB_PASSWORD"]', 'token: process.env.TOKEN', 'self.password = password', 'let token = parser.next_token;', 'Authorization: Bearer ${token}', 'authorization: bearer <token>', 'headers: { Authorization: `Bearer ${token}` }', 'var.db_password', 'password = var.db_password', 'password = data.vault_generic_secret.db.data["password"]', 'password = random_password.db.result',
  `image: nginx@sha256:${drawn(64, hex)}`, `commit ${drawn(40, hex)}`, `index ${drawn(40, hex)}..${drawn(40, hex, 7)} 100644`, 'id: 3f2b8c1e-9a4d-4f6b-8e2a-1c5d7f9b0a3e', `checksum/secret: ${drawn(64, hex)}`, `checksum/config: ${drawn(64, hex)}`, `"integrity": "sha512-${drawn(86, base64Alphabet)}=="`, `h1:${drawn(43, base64Alphabet)}=`, `resolved "https://packages.example.com/a/-/a-1.0.0.tgz#${drawn(40, hex)}"`, `sha256:${drawn(64, hex)}`, `plan_hash: sha256:${drawn(64, hex)}`,
  `-----BEGIN PUBLIC KEY-----\n${drawn(64, base64Alphabet)}\n-----END PUBLIC KEY-----`, `-----BEGIN CERTIFICATE-----\n${drawn(64, base64Alphabet)}\n-----END CERTIFICATE-----`, `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${drawn(43, base64Alphabet)} me@host`, `age1${drawn(58, letters + digits)}`, `certificate-authority-data: ${base64('certificate'.repeat(8))}`, `client-certificate-data: ${base64('certificate'.repeat(8))}`, `caBundle: ${base64('certificate'.repeat(8))}`, 'A file that begins with -----BEGIN PRIVATE KEY----- is one.',
  base64('just some text that is no secret at all'), `data:image/png;base64,${drawn(400, base64Alphabet)}`, 'kind: ConfigMap\ndata:\n  a: b\n  password.txt: see the vault', `kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgBy${drawn(400, base64Alphabet)}`, 'kind: ExternalSecret\nspec:\n  data:\n    - secretKey: password\n      remoteRef: { key: prod/db }', 'kind: SecretStore\nspec:\n  provider: {}', 'password: ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]', 'kind: Secret\nmetadata:\n  name: x\ntype: Opaque', 'kind: Secret\nstringData:\n  password: ${DB_PASSWORD}', 'kind: Secret\ndata: {}', '{"kind":"Secret","metadata":{"name":"x"},"data":{}}', '{"kind":"ConfigMap","data":{"a":"plain words"}}', 'kind: SecretProviderClass\nspec:\n  parameters:\n    objects: x',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db', 'op://vault/item/password', 'password: vault:secret/data/db#password', 'AccountName=example', 'https://example.com/?signature=none', 'Cookie: theme=dark', 'eyJhbGciOiJub25lIn0', 'sk-learn', 'glpat-', 'task-chat-1766779451040-2axt2h5cq', 'SKU1234567890', 'hf_hub_download', 'npm_config_registry=https://packages.example.com', 'xoxo', '$1$2 replaced', 's/a/$1$file/', '- name: PORT\n  value: "8080"', '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: { name: db, key: password }', '<password></password>', '<passwordPolicy>strict</passwordPolicy>', 'tool --password-file /run/pw', 'tool --token "$TOKEN"', 'mysql -u root -p db', 'docker login --password-stdin', 'RUN --mount=type=secret,id=npm npm ci', '| Token | What it is |', 'Set `PASSWORD` to a value of your own.', 'const PASSWORD_MIN_LENGTH = 12', 'password_length: 32', 'token_ttl: 3600', 'auth: disabled', '"auth": "required"', 'auth: { type: basic }',
  'variable "db_password" {\n  type      = string\n  sensitive = true\n}', 'variable "token_ttl" { default = "3600s" }', 'variable "db_password" {\n  default = null\n}', 'variable "db_password" {\n  default = ""\n}\nvariable "region" {\n  default = "eu-west-1"\n}', 'output "password" {\n  value     = random_password.db.result\n  sensitive = true\n}',
  'args: ["--db-password", "$(DB_PASSWORD)"]', 'args: ["--password-file", "/run/secrets/db"]', 'args: ["--password", "--verbose"]', 'args:\n  - --password\n  - ${DB_PASSWORD}\n', 'args:\n  - --token-ttl\n  - 3600s\n', '["username", "password", "email"]', 'Use --password, then wait', 'required: [--password, --user]',
  'env:\n  - value: fast\n    name: MODE\n  - name: DB_PASSWORD\n    valueFrom:\n      secretKeyRef:\n        name: db\n        key: password\n  - name: LEVEL\n    value: debugging\n', 'env:\n  - name: DB_PASSWORD\n    valueFrom: { secretKeyRef: { name: db, key: password } }\n  - value: eu-west-1a\n    name: ZONE\n', '{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}},{"name":"MODE","value":"production"}', '- value: ${DB_PASSWORD}\n  name: DB_PASSWORD',
  'password = <<EOF\n${var.password}\nEOF\n', 'description = <<EOF\nThe password is kept in Vault.\nEOF\n', 'password = """\n${PASSWORD}\n"""', 'password: |\n  {{ .Values.password }}\n', 'password:\n  valueFrom:\n    secretKeyRef:\n      name: db\n', '"password":\n  { "type": "string" }', 'password:\n  type: string\n  description: The one of the database\n', 'token:\n  description: what to use\n  required: true\n  default: ${{ github.token }}\n', 'secret:\n  - a\n  - b\n', 'DB_PASSWORD=\nMODE=production\n', 'password:\nuser: administrator\n', 'It begins with `password=` and\n  ends with `.`',
  'kind: ConfigMap\ndata:\n  rules.yaml: |\n    kind: Secret\n    metadata:\n      name: x\n', 'kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\nmetadata:\n  name: x\n', 'kind: Secret\nstringData: {\n  a: "${A}",\n  b: {{ .Values.b }}\n}\n', 'kind: Secret\ndata: {}\n---\nkind: ConfigMap\ndata:\n  a: plain\n', 'kind: Secret\nstringData:\n  a: |\n    ${A}\n    {{ .Values.b }}\n', 'kind: SecretStore\ndata:\n  a: b\n', 'kind: List\nitems:\n- kind: ConfigMap\n  data:\n    note: Secret things\n',
  'MODE=production\nPORT=8080\nLOG_LEVEL=debug\nIMAGE=registry.example.com/app:1.2.3\nVERSION=v1.2.3-rc1\nDB_HOST=db-1.internal:5432\nZONE=eu-west-1a\nMEMORY=512m\nURL=https://example.com/a?b=c\nOWNER=ops@example.com\nNODE_ID=3f2b8c1e9a4d4f6b', 'MODE=production', 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian',
  'PASSWORD_RESET_URL=https://example.com', 'TOKEN_AUDIENCE=api', 'secret_name_prod: grafana-admin', 'password_prod_file: /run/secrets/x', 'key_test: value', 'passwords: []', 'passwords: [${A}, ${B}]', 'passwords: [changeme]', "GRANT ALL ON *.* TO 'app'@'%'", "SELECT 'password' FROM x", 'docker login -u me registry.example.com', 'docker login -p $TOKEN x', 'LOGIN=localhost:8080', 'http://registry.example.com:4873/@scope/name', 'git+ssh://git@example.com:owner/repo.git', 'kubectl create secret generic db --from-literal=user=${USER}', 'kubectl -n monitoring create secret generic grafana-admin --from-literal=username=admin --from-literal=password="$(openssl rand -base64 24)"', 'kubectl create secret generic db --from-file=./x', 'resource "kubernetes_secret" "db" {\n  data = {\n    password = var.password\n  }\n}', '"kind": "ConfigMap", "data": { "a": "b" }', 'a:b@tcp', 'mysql://db@tcp(x)', 'pw: the one you know',
  'first line\r\nsecond line\r\npassword: ${X}\r\n', 'progress 10%\rprogress 20%\r', '\u001B[1mpassword\u001B[0m must be set'
]
