import about from '../../../package.json' with { type: 'json' }

/** The version of Cortex, as its package.json says. */
export const version: string = about.version
