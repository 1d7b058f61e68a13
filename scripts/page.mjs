// Builds the page if its sources changed, and prints the folder that WEB_ROOT is to name.
import { buildPage } from '../packages/web/build.ts'

console.log(await buildPage())
