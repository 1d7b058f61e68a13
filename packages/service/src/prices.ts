import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Prices } from '@cortex/contracts'
import { parse } from 'yaml'
import { describeFaults, PricesInvalid } from './errors.ts'
import { createInputValidator } from './validation.ts'

const builtIn = fileURLToPath(new URL('./prices.yaml', import.meta.url))

/**
 * Prices of models from the operator's file, or those that come with the program.
 * @throws CTX_PRICES_INVALID naming the file and each field at fault
 */
export function readPrices (file: string = builtIn): Prices {
  let prices: unknown
  try {
    prices = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 })
  } catch (error) {
    throw new PricesInvalid(file, error instanceof Error ? error.message : String(error))
  }
  const faults = createInputValidator(Prices, '')(prices)
  if (faults.length > 0) throw new PricesInvalid(file, describeFaults(faults))
  return prices as Prices
}
