import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Prices } from '@cortex/contracts'
import { keepCurrent, type CurrentFile, type CurrentFileOptions } from './current-file.ts'
import { describeFaults, PricesInvalid } from './errors.ts'
import { createInputValidator } from './validation.ts'
import { parseYaml } from './yaml.ts'

const builtIn = fileURLToPath(new URL('./prices.yaml', import.meta.url))

/**
 * Prices of models from the operator's file as it stands by now, or those that come with the program.
 * @throws CTX_PRICES_INVALID naming the file and each field at fault
 */
export async function keepPrices (file: string | undefined, logger: CurrentFileOptions<Prices>['logger']): Promise<CurrentFile<Prices>> {
  return keepCurrent({ file, read: readPrices, what: 'prices', logger })
}

/** @throws CTX_PRICES_INVALID */
export function readPrices (file: string = builtIn): Prices {
  let prices: unknown
  try {
    prices = parseYaml(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new PricesInvalid(file, error instanceof Error ? error.message : String(error))
  }
  const faults = createInputValidator(Prices, '')(prices)
  if (faults.length > 0) throw new PricesInvalid(file, describeFaults(faults))
  return prices as Prices
}
