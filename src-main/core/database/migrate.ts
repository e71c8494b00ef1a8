import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { DatabaseFromTheFutureError, MigrationError, NotAPatchbayDatabaseError } from './database-errors.ts';
import type { Migration } from './migrations.ts';

/** "PBAY" in ASCII: marks the file as Patchbay's (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x50_42_41_59;

/**
 * Brings the database to the newest version of `migrations`, one transaction each, with a copy in the folder
 * "backups" beside it before each migration of a database that already holds something.
 * Foreign keys must be off, so that a migration can rebuild a table; they are checked at the end of each.
 * @throws DatabaseFromTheFutureError, NotAPatchbayDatabaseError, MigrationError; the database is unchanged then.
 */
export function migrate(
  db: Database.Database,
  deps: { logger: Logger; clock: Clock; migrations: readonly Migration[] },
): void {
  const supported = deps.migrations.at(-1)?.version ?? 0;
  const found = versionOf(db);
  const holdsSomething = holdsTables(db);
  if (holdsSomething && db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new NotAPatchbayDatabaseError(db.name, 'is a database of another program');
  }
  if (found > supported) throw new DatabaseFromTheFutureError(db.name, found, supported);
  for (const migration of deps.migrations) {
    if (migration.version <= found) continue;
    const backup = holdsSomething && !db.memory ? backUp(db, migration, deps.clock) : null;
    apply(db, migration, backup);
    deps.logger.info('The database was migrated', {
      version: migration.version,
      name: migration.name,
      backup,
    });
  }
}

function apply(db: Database.Database, migration: Migration, backup: string | null): void {
  try {
    db.transaction(() => {
      // Another process may have been quicker between our look and this lock.
      if (versionOf(db) >= migration.version) return;
      db.exec(migration.sql);
      const dangling = db.pragma('foreign_key_check') as unknown[];
      if (dangling.length > 0) throw new Error(`${dangling.length} rows refer to rows that are not there`);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${migration.version}`);
    }).exclusive();
  } catch (thrown) {
    throw new MigrationError(migration.version, migration.name, backup, messageOf(thrown), { cause: thrown });
  }
}

/** SQLite does not sync what VACUUM INTO writes (https://sqlite.org/lang_vacuum.html), so it is done here. */
function backUp(db: Database.Database, migration: Migration, clock: Clock): string {
  const folder = join(dirname(db.name), 'backups');
  const when = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const step = String(migration.version).padStart(4, '0');
  const file = join(folder, `${basename(db.name, extname(db.name))}-before-${step}-${when}.db`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    db.prepare('VACUUM INTO ?').run(file);
    chmodSync(file, 0o600);
    sync(file);
    if (process.platform !== 'win32') sync(folder);
  } catch (thrown) {
    throw new MigrationError(
      migration.version,
      migration.name,
      null,
      `the backup before it could not be written to ${file}: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
  return file;
}

function sync(path: string): void {
  const handle = openSync(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function versionOf(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function holdsTables(db: Database.Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1").get() !== undefined;
}
