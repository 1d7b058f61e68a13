export { backUp, type BackupOptions } from './back-up.ts'
export { restore, type RestoreOptions } from './restore.ts'
export type { BackupManifest } from './manifest.ts'
export { partFiles, partNames, type OnProgress, type PartName, type Place } from './parts.ts'
