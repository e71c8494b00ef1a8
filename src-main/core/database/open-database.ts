import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { DatabaseUnavailableError, NotAPatchbayDatabaseError } from './database-errors.ts';
import { migrate } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations.ts';

export type Db = Database.Database;

/** While opening, nobody is on the line yet: a database that another program is just closing may be waited for. */
const OPENING_TIMEOUT_MS = 3_000;

/** Once open, the event loop itself waits for a lock, and with it every call: give up fast, the recorder retries. */
const BUSY_TIMEOUT_MS = 25;

/**
 * Opens the database, makes it when it is missing (the folder too) and migrates it.
 * @param file its path, or ":memory:".
 * @throws DatabaseFromTheFutureError, NotAPatchbayDatabaseError, DatabaseUnavailableError or MigrationError, all
 * with words that an operator can act on.
 */
export function openDatabase(
  file: string,
  deps: { logger: Logger; clock: Clock; migrations?: readonly Migration[] },
): Db {
  let db: Db | undefined;
  try {
    const isNew = file !== ':memory:' && !existsSync(file);
    if (isNew) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    db = new Database(file, { timeout: OPENING_TIMEOUT_MS });
    if (isNew) chmodSync(file, 0o600); // it holds phone numbers; the WAL file takes its rights from here
    db.pragma('foreign_keys = OFF'); // better-sqlite3 turns them on
    migrate(db, { logger: deps.logger, clock: deps.clock, migrations: deps.migrations ?? allMigrations });
    setPragmas(db);
    return db;
  } catch (thrown) {
    db?.close();
    throw inWords(thrown, file);
  }
}

function setPragmas(db: Db): void {
  // Readers never wait for the writer, and a commit is one append to one file.
  db.pragma('journal_mode = WAL');
  // In WAL mode NORMAL loses the last commits when the power fails; an answered request must be on disk.
  db.pragma('synchronous = FULL');
  // A workflow must not name an integration that is not there.
  db.pragma('foreign_keys = ON');
  // A burst of calls must not leave a huge WAL file behind for good.
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
}

function inWords(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Database.SqliteError)) {
    const isFileProblem = thrown instanceof Error && 'syscall' in thrown;
    return isFileProblem ? new DatabaseUnavailableError(file, thrown.message, { cause: thrown }) : thrown;
  }
  if (thrown.code === 'SQLITE_NOTADB') {
    return new NotAPatchbayDatabaseError(file, 'is no database', { cause: thrown });
  }
  if (thrown.code.startsWith('SQLITE_CORRUPT')) {
    return new NotAPatchbayDatabaseError(file, `is damaged (${thrown.message})`, { cause: thrown });
  }
  return new DatabaseUnavailableError(file, messageOf(thrown), { cause: thrown });
}
