/** The database was written by a newer Patchbay. It is left as it is. */
export class DatabaseFromTheFutureError extends Error {
  override readonly name = 'DatabaseFromTheFutureError';
  readonly file: string;
  /** The schema version that the database has. */
  readonly found: number;
  /** The newest schema version that this Patchbay knows. */
  readonly supported: number;

  constructor(file: string, found: number, supported: number) {
    super(
      `${file} was written by a newer Patchbay (its schema version is ${found}, this one knows ${supported}). ` +
        'Start the newer Patchbay, or start this one with another data folder, or put a copy from the folder ' +
        '"backups" beside it in its place. Nothing was changed.',
    );
    this.file = file;
    this.found = found;
    this.supported = supported;
  }
}

/** The file is there, but it is no database of Patchbay's. It is left as it is. */
export class NotAPatchbayDatabaseError extends Error {
  override readonly name = 'NotAPatchbayDatabaseError';
  readonly file: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(
      `${file} ${problem}. Move it away, or start Patchbay with another data folder, or put a copy from the ` +
        'folder "backups" beside it in its place. Nothing was changed.',
      options,
    );
    this.file = file;
  }
}

/** The database can't be opened where it should be: no right to, no such folder, locked by another program. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
  readonly file: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(
      `${file} can't be opened: ${problem}. Check that the folder may be written, that the disk has room and that ` +
        'no other program holds the file.',
      options,
    );
    this.file = file;
  }
}

/** A migration failed; the database stands as it stood before, and the backup beside it is the same. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly version: number;
  /** The copy taken before the migration; null for a database that held nothing. */
  readonly backup: string | null;

  constructor(version: number, name: string, backup: string | null, problem: string, options?: ErrorOptions) {
    super(
      `migration ${version} (${name}) failed: ${problem}. The database is as it was before` +
        `${backup === null ? '' : `; a copy of it is in ${backup}`}.`,
      options,
    );
    this.version = version;
    this.backup = backup;
  }
}
