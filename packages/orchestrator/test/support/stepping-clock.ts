// Loaded before a program (`node --import`): at each SIGWINCH the clock it reads steps back by an hour, as one that is set right by hand does.
// That signal, because a service ends at the user-defined ones. Timers and performance.now() go on undisturbed, as they do on a real machine.
const TrueDate = Date
let offset = 0
process.on('SIGWINCH', () => {
  offset -= 3_600_000
  process.stdout.write('the clock was put back\n')
})

globalThis.Date = new Proxy(TrueDate, {
  construct: (_, args: unknown[], made) => Reflect.construct(TrueDate, args.length === 0 ? [TrueDate.now() + offset] : args, made) as Date,
  apply: () => new Date().toString(),
  get: (_, name) => name === 'now' ? () => TrueDate.now() + offset : Reflect.get(TrueDate, name) as unknown
})
