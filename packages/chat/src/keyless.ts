/** In place of a key for servers that ask for none: the SDK sends nothing without one. */
export const keyless = 'offline'
