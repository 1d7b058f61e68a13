import { createError } from '@cortex/service'

export const BackupExists = createError('CTX_BACKUP_EXISTS', '%s is there already, and a backup overwrites nothing; choose another name', 500)
export const BackupEmpty = createError('CTX_BACKUP_EMPTY', 'There is nothing to back up: %s; name the data folder in CORTEX_HOME', 500)
export const BackupFailed = createError('CTX_BACKUP_FAILED', 'The backup could not be made (%s); nothing was left behind. See to disk space and permissions, then try again', 500)
export const BackupUnreadable = createError('CTX_BACKUP_UNREADABLE', '%s cannot be read as a backup of Cortex (%s)', 500)
export const BackupDamaged = createError('CTX_BACKUP_DAMAGED', '%s is not as it was written: %s. Nothing was restored; use another backup', 500)
export const BackupTooNew = createError('CTX_BACKUP_TOO_NEW', '%s was made by a newer program (%s); restore it with that program', 500)
export const BackupLacksPart = createError('CTX_BACKUP_LACKS_PART', '%s holds no %s; it holds %s', 500)
export const WorkspaceShallow = createError('CTX_WORKSPACE_SHALLOW', 'The workspace %s is a shallow clone, and its history could not be restored; run git fetch --unshallow there, or leave it out with --only chat --only tasks', 500)
export const RestoreFolderUsed = createError('CTX_RESTORE_FOLDER_USED', '%s %s; restore into a new or an empty folder, or stop Cortex and have what is there moved aside by --replace', 500)
export const RestoreStoreDiffers = createError('CTX_RESTORE_STORE_DIFFERS', 'The backup holds stores of SQLite and DATABASE_URL is set, so they would not be looked at; unset DATABASE_URL, or restore with --only workspace', 500)
export const RestoreFailed = createError('CTX_RESTORE_FAILED', 'The backup could not be restored (%s); %s. See to disk space and permissions, then try again', 500)
