/** Names of capabilities every container has anyway, or that let it do no more than listen. */
const harmlessCapabilities = new Set(['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'])
/** Sockets by which one is root on the machine. */
export const runtimeSocket = /(?:docker|containerd|crio|cri-o|podman)\.sock/i
const powerfulAccount = /admin|root|operator|controller|provisioner|tiller|argocd|flux|system/i
const unconfined = /^unconfined/i
const host = (value: unknown) => typeof value === 'string' && value.toLowerCase() === 'host'

/**
 * What gives a container, or whoever reads the file, power beyond its own place; by the name of the field in small letters, wherever it stands. Kinds of others
 * (workflows, rollouts, operators' own) hold pods in places of their own.
 */
const powers: Readonly<Record<string, (value: unknown) => boolean>> = {
  privileged: isOn,
  allowprivilegeescalation: isOn,
  hostnetwork: isOn,
  hostpid: isOn,
  hostipc: isOn,
  hostprocess: isOn,
  hostport: isOn,
  hostpath: isThere,
  flexvolume: isThere,
  runasuser: isZero,
  procmount: (value) => isThere(value) && String(value).toLowerCase() !== 'default',
  capabilities: (value) => addsCapability(fieldOf(value, 'add')),
  seccompprofile: (value) => unconfined.test(String(fieldOf(value, 'type'))),
  apparmorprofile: (value) => unconfined.test(String(fieldOf(value, 'type'))),
  selinuxoptions: (value) => /^(?:spc|unconfined)_t$/.test(String(fieldOf(value, 'type'))),
  // Of a Service: traffic for addresses and names it does not have by the cluster.
  externalips: isFilled,
  loadbalancerip: isFilled,
  externalname: isFilled,
  serviceaccountname: (value) => typeof value === 'string' && powerfulAccount.test(value),
  serviceaccount: (value) => typeof value === 'string' && powerfulAccount.test(value),
  // As compose has them.
  cap_add: addsCapability,
  security_opt: (value) => Array.isArray(value) && value.some((each) => /unconfined|disable/i.test(String(each))),
  network_mode: host,
  pid: host,
  ipc: host,
  userns_mode: host
}

/** Annotations by which a profile is taken off a container, or text of one's own gets into the configuration of a proxy. */
const powerfulAnnotation: ReadonlyArray<[name: RegExp, value: RegExp]> = [
  [/^(?:container\.apparmor\.security|seccomp\.security)\./, unconfined],
  [/(?:^|\/)[\w-]*snippet$/, /\S/]
]

/** Whether one field of an object, or of anything within it, gives power. */
export function isPowerfulField (name: string, value: unknown): boolean {
  const judge = Object.hasOwn(powers, name.toLowerCase()) ? powers[name.toLowerCase()] : undefined
  return judge?.(value) === true || powerfulAnnotation.some(([key, content]) => key.test(name) && typeof value === 'string' && content.test(value))
}

/** Readers of YAML differ in what is true; only what all of them take for false is. */
export function isOn (value: unknown): boolean {
  return isThere(value) && typeof value !== 'object' && value !== false && value !== 0 && !/^(?:false|no|off|n|f|0|null|~)?$/i.test(String(value))
}

function isThere (value: unknown): boolean {
  return value !== undefined && value !== null
}

function isFilled (value: unknown): boolean {
  return isThere(value) && value !== '' && !(Array.isArray(value) && value.length === 0)
}

/** Also as octal, hexadecimal and the like, which readers take in different ways. */
export function isZero (value: unknown): boolean {
  return Number(value) === 0 ? isThere(value) && value !== '' && value !== false : typeof value === 'string' && /^[-+]?0[0xob_.]*$/i.test(value)
}

function addsCapability (value: unknown): boolean {
  const added = Array.isArray(value) ? value : isThere(value) ? [value] : []
  return added.some((each) => !harmlessCapabilities.has(String(each).toUpperCase().replace(/^CAP_/, '')))
}

/** By its name in any letters: some readers do not mind. */
function fieldOf (value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object') return undefined
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1]
}
