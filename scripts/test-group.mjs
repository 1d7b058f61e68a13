// Runs test files in one process, one after the other. Arguments: the files.
// To load the program, and to get it fast, takes more of a processor than most tests do: a dozen files of the chat took 51 s by themselves, and 18 s as one.
import { pathToFileURL } from 'node:url'

const files = process.argv.slice(2)
// tap names folders of tests after the arguments, as they are when it is loaded: all the files would be too long a name.
process.argv.splice(3)
const { default: t } = await import('tap')

// A test itself, for the tests of the files wait for it: without one, a file that takes long to load would find that all had ended.
t.test('the files load', async () => {
  for (const file of files) await import(pathToFileURL(file).href)
})
