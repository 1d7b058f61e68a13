/* eslint-disable no-template-curly-in-string -- texts of other languages */
import t from 'tap'
import { redact, redactValue } from '../src/index.ts'

const secret = 'Zq7vKp2mWx9LrT'

/** Where a secret stands, by what tells of it. */
const forms: Record<string, string[]> = {
  'a block or the next line beside the name': [
    `- name: DB_PASSWORD\n  value: |-\n    ${secret}\n`, `- name: DB_PASSWORD\n  value: >-\n    ${secret}\n- name: X\n  value: y\n`, `- name: DB_PASSWORD\n  value:\n    ${secret}\n`, `- value: |-\n    ${secret}\n  name: DB_PASSWORD\n`,
    `- name: DB_PASSWORD\n  value: |-\n    first line\n\n    - ${secret}\n  other: x\n`, `- name: DB_PASSWORD\n  value: "first\n    ${secret}"\n`, `env:\n- name: AUTH_TOKEN_OLD\n  value: |\n    a b\n    ${secret}\n`
  ],
  'a user with an @': [`smtp://user@example.org:${secret}@mail.example.org`, `amqp://app:${secret}@one:5672,amqp://app:${secret}@two:5672/x`, `amqp://app:${secret}@one:5672,app:${secret}@two:5672/x`, `mongodb://app:${secret}@one:27017,two:27017/x?authSource=admin`],
  'a list by the name of more than one': [
    `tokens:\n- ${secret}\n`, `{"tokens":["${secret}"]}`, `apiKeys: [${secret}]`, `API_TOKENS=["${secret}"]`, JSON.stringify({ tokens: [secret, `${secret}2`] }, null, 2), `passwords = [\n  "${secret}", # the first\n  '${secret}'\n]\n`, `secrets: {"api_keys": ['${secret}']}`, `kind: ConfigMap\ndata:\n  c.json: '{"tokens":["${secret}"]}'\n`
  ],
  'what a language sets between name and value': [
    `#define API_KEY "${secret}"`, `const DBPassword string = "${secret}"`, `var apiKey string = "${secret}"`, `char password[] = "${secret}";`, `static const char db_password[32] = "${secret}";`, `public string Password { get; set; } = "${secret}";`, `password?: string = '${secret}'`, `let password: String? = "${secret}"`,
    `builder.username("app").password("${secret}")`, `  .password("${secret}")\n`, `secret := []byte("${secret}")`, `let token = String::from("${secret}");`, `api_key = SecretStr("${secret}")`
  ],
  'what an expression comes to': [
    `const password = () => "${secret}"`, `const token = (): string => '${secret}'`, `password = isLive ? "${secret}" : other`, `password = isLive ? other : '${secret}'`, `password = "Zq" + "${secret}"`, `apiKey = "Zq7v" +\n  "Kp2m" +\n  "${secret}"`, `$password = 'Zq' . '${secret}';`,
    `password = "${secret}" if live else "${secret}"`, `function getPassword() {\n  return "${secret}"\n}`, `def token(): return '${secret}'`
  ],
  'a URL that carries its key': [`https://maps.example.com/x?key=${secret}`, `https://maps.example.com/x?a=b&key=${secret}&c=d`],
  'blanks and signs of other scripts': [`password:\u00A0${secret}`, `token:\u3000${secret}`, `password\u200B: ${secret}`, `password：${secret}`, `pass\u200Bword: ${secret}`],
  commands: [
    `curl \\\n  -u "app:${secret}" \\\n  https://example.com`, `curl -U app:${secret} x`, `curl --proxy-user app:${secret} x`, `curl --oauth2-bearer ${secret}`, `mysql -uroot -p'${secret}'`, `test: ["CMD", "redis-cli", "-a", "${secret}", "ping"]`, `mongosh -u a -p ${secret}`, `sqlplus app/${secret}@db`, `vault login ${secret}`,
    `keytool -storepass ${secret} -keypass x`, `zip -P ${secret} a b`, `7z a -p${secret} x`, `smbclient //h/s -U app%${secret}`, `htpasswd -nbB app ${secret}`, `rabbitmqctl add_user app ${secret}`, `aws configure set aws_secret_access_key ${secret}`, `setx DB_PASSWORD "${secret}"`, `set -x DB_PASSWORD ${secret}`, `setenv DB_PASSWORD ${secret}`,
    `ConvertTo-SecureString -AsPlainText "${secret}" -Force`, `[Environment]::SetEnvironmentVariable("DB_PASSWORD", "${secret}", "Machine")`
  ],
  'headers and servers': [
    `proxy_set_header X-Api-Key ${secret};`, `proxy_set_header X-Api-Key "${secret}";`, `add_header X-Auth-Token '${secret}' always;`, `set $api_token "${secret}";`, `if ($http_x_token != "${secret}") { return 403; }`, `SetEnv DB_PASSWORD "${secret}"`, `AuthLDAPBindPassword ${secret}`, `curl -H "Authorization: ${secret}"`, `authorization: HMAC id:${secret}`,
    `req.Header.Set("X-API-Key", "${secret}")`, `req.SetBasicAuth("app", "${secret}")`, `requests.get(u, auth=("app", "${secret}"))`, `DriverManager.getConnection(url, "app", "${secret}")`
  ],
  'configuration with its own ways': [
    `db.password=abcd\\\n    ${secret}\n`, `db.password=ab\\\n    ${secret}\n`, `db.password ${secret}\n`, `export DB_PASSWORD=abcd\\ ${secret}\n`, `tokens = {\n  ci = "${secret}"\n  cd = "x"\n}`, `{"secrets":{"ci":"${secret}"}}`, `credentials { username "a"; password "${secret}" }`, `<password><![CDATA[${secret}]]></password>`, `<input type="password" value="${secret}">`,
    `postgresql+psycopg2://app:${secret}@/db?host=/run`, `secretGenerator:\n- name: x\n  literals:\n  - any=${secret}\n`, `chpasswd:\n  list: |\n    root:${secret}\n`, `psk="${secret}"`, `name: DEPLOY_KEY\nvalue: ${secret}\n`, `define('SECURE_AUTH_SALT', '${secret} x y');`, `?next=%2Flogin%3Ftoken%3D${secret}`, `%22password%22%3A%22${secret}%22`
  ],
  'a sentence or a table': [`**Password:** ${secret}`, `| password | ${secret} |`, `the token is ${secret}.`, `db_password - ${secret}`, `password is: ${secret}`],
  'the structure of YAML': [
    `b: &b\n  kind: Secret\n<<: *b\nstringData:\n  a: ${secret}\n`, `k: &k {kind: Secret}\nitems:\n- <<: [*k]\n  data: {a: ${secret}}\n`, `base: &b\n  kind: Secret\n  stringData:\n    a: ${secret}\nx:\n  <<: *b\n`, `kind: Secret\ndata:\n  <<: {a: ${secret}}\n`,
    `kind: Secret\n? data\n: a: ${secret}\n`, `kind: Secret\n? stringData\n:\n  a: ${secret}\n`, `? kind\n: Secret\nstringData:\n  a: ${secret}\n`, `? password\n: ${secret}\n`, `x: &p ${secret}\npassword: *p\n`, `password: correct horse ${secret}\n`, `password: first\n  ${secret}\nuser: x\n`,
    `kind: ConfigMap\ndata:\n  a.yaml: |\n    ? password\n    : ${secret}\n`, `x: {{ y }}\n---\n? password\n: ${secret}\n`
  ]
}

for (const [place, texts] of Object.entries(forms)) {
  t.test(`a secret is redacted that is told by ${place}`, (t) => {
    t.strictSame(texts.map((text) => redact(text)).filter((text) => text.includes(secret)), [])
    const unstable = texts.map((text) => redact(text)).filter((text) => redact(text) !== text)
    t.strictSame(unstable, [], 'and once')
    t.end()
  })
}

t.test('what is left of a private key whose first line is cut off goes', (t) => {
  const body = 'MHcCAQEEIB7mY1Zq7vKp2mWx9LrTMHcCAQEEIB7mY1Zq7vKp2mWx9LrTMHcCAQEE'
  for (const indent of ['', '    ']) t.equal(redact(`${indent}${body}\n${indent}${body}==\n${indent}-----END EC PRIVATE ${'KEY'}-----\n`), `[redacted: private key]\n\n${indent}-----END EC PRIVATE ${'KEY'}-----\n`)
  t.end()
})

t.test('what looks like those places and holds no secret stays', (t) => {
  const harmless = [
    '- name: DB_PASSWORD\n  value: |-\n    ${DB_PASSWORD}\n', '- name: MODE\n  value: |-\n    a\n    b\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: db, key: password}\n', 'git+ssh://git@example.com:owner/repo.git@v1.0.0', 'https://user@example.com/a:b@c',
    'total_tokens: 12345678', '{"usage":{"input_tokens":12345678,"cache_tokens":"12345678"}}', 'tokens: ["a", "word"]', 'secrets:\n  - db_password_v2\n', 'secrets: [db-1, grafana-admin]', 'passwords: [\n  ${A},\n  ${B}\n]\n', 'imagePullSecrets: [{name: regcred}]',
    'const isPassword = type === "password" ? "text" : "password"', 'type={showPassword ? "text" : "password"}', 'const password = get("db.password") + suffix', 'const token = read("config.json").value', 'if (!checkToken(x)) { return "invalid_token_1" }', 'getPassword("alice-laptop")', 'https://example.com/?key=region', '/items?key=created_at&sort=asc',
    'password: &a\n  - *a\n', 'kind: ConfigMap\n? data\n: a: word\n', 'a: &a {kind: ConfigMap}\n<<: *a\ndata:\n  a: word\n', 'password: the one you know', 'x: &p changeme\npassword: *p\n', 'il\u00A0y a: un mot\n',
    'proxy_set_header Authorization $http_authorization;', 'if (password != null)', 'if (typeof password === "function")', 'Pass "--force" to it', "or pass 'ignore' to ignore", 'secret "app-tls-8x7kq2" not found', 'The password is required', 'the token is valid', '| password | the one of the database |', 'tokens: { ofColor: someColor, isWritten }', "'token': [\n  (r'\\{1,2}', Text),\n]", 'tokens = list(tokenize(f.readline2))',
    'curl -u "$USER:$PASSWORD" https://example.com', 'kubectl get secret app-tls-8x7kq2', 'mysql -u root -p', 'credentials { region = "eu-west-1a" }', 'secretGenerator:\n- name: x\n  literals:\n  - any=${ANY}\n', '-----END PRIVATE KEY-----', 'deploy_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5', 'authorization: RBAC,Node', '--authorization-mode=RBAC'
  ]
  t.strictSame(harmless.filter((text) => redact(text) !== text).map((text) => redact(text)), [])
  t.end()
})

t.test('of values the lines count, the names of lists, and the names of variables of the environment', (t) => {
  const named = '[redacted: password or token]'
  t.strictSame(redactValue({
    env: [{ name: 'AUTH_TOKEN_OLD', value: 'first word\nsecond word' }, { name: 'JWT_SIGNING_KEY', value: 'swordfish' }, { name: 'TOKENS', value: '12345678' }],
    config: { tokens: [secret, 'word'], passwords: ['swordfish'], secrets: [{ name: 'regcred' }], secretKey: 'password', DB_TOKEN: 'swordfish', token: 'first\nsecond', password: '${A}\n' },
    usage: { total_tokens: '12345678' }
  }), {
    env: [{ name: 'AUTH_TOKEN_OLD', value: named }, { name: 'JWT_SIGNING_KEY', value: named }, { name: 'TOKENS', value: '12345678' }],
    config: { tokens: [named, 'word'], passwords: [named], secrets: [{ name: 'regcred' }], secretKey: 'password', DB_TOKEN: named, token: named, password: '${A}\n' },
    usage: { total_tokens: '12345678' }
  })
  t.end()
})
