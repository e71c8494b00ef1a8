import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DatabaseFromTheFutureError,
  DatabaseUnavailableError,
  MigrationError,
  NotAPatchbayDatabaseError,
} from './database-errors.ts';
import { type Migration, migrations } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { handClock, rememberingLogger } from './testing.ts';

const first: Migration = {
  version: 1,
  name: 'first',
  sql: 'CREATE TABLE things (id INTEGER PRIMARY KEY) STRICT',
};
const second: Migration = { version: 2, name: 'second', sql: 'ALTER TABLE things ADD COLUMN colour TEXT' };

let folder: string;
let file: string;
const open = (list?: readonly Migration[]) =>
  openDatabase(file, {
    logger: rememberingLogger(),
    clock: handClock(),
    ...(list === undefined ? {} : { migrations: list }),
  });
const backups = () => (existsSync(join(folder, 'backups')) ? readdirSync(join(folder, 'backups')) : []);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-database-'));
  file = join(folder, 'patchbay.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('openDatabase', () => {
  it('makes a database that is safe against power failures and lets nobody else read it', () => {
    file = join(folder, 'made', 'for', 'it', 'patchbay.db');
    const db = open();
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(db.pragma('busy_timeout', { simple: true })).toBeLessThanOrEqual(50);
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
    const loose = db.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    );
    expect(loose.all()).toEqual([]);
    db.close();
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('takes a backup before it migrates a database that holds something', () => {
    const before = open([first]);
    before.prepare('INSERT INTO things (id) VALUES (7)').run();
    before.close();
    expect(backups()).toEqual([]);

    const after = open([first, second]);
    expect(after.prepare('SELECT id, colour FROM things').all()).toEqual([{ id: 7, colour: null }]);
    expect(after.pragma('user_version', { simple: true })).toBe(2);
    after.close();

    const [name = 'none', ...others] = backups();
    expect(others).toEqual([]);
    const backup = new Database(join(folder, 'backups', name), { readonly: true });
    expect(backup.prepare('SELECT * FROM things').all()).toEqual([{ id: 7 }]);
    expect(backup.pragma('user_version', { simple: true })).toBe(1);
    expect(backup.pragma('integrity_check', { simple: true })).toBe('ok');
    backup.close();
  });

  it('opens a backup as it opens the database itself', () => {
    open([first]).close();
    open([first, second]).close();
    file = join(folder, 'backups', backups()[0] ?? 'none');
    const db = open([first]);
    expect(db.prepare('SELECT * FROM things').all()).toEqual([]);
    db.close();
  });

  it('migrates once', () => {
    open([first, second]).close();
    open([first, second]).close();
    expect(backups()).toEqual([]);
  });

  it('leaves the database as it was when a migration fails', () => {
    const before = open([first]);
    before.prepare('INSERT INTO things (id) VALUES (7)').run();
    before.close();
    const broken: Migration = { version: 2, name: 'broken', sql: 'DELETE FROM things; SELECT nonsense' };
    expect(() => open([first, broken])).toThrow(MigrationError);
    const db = open([first]);
    expect(db.prepare('SELECT * FROM things').all()).toEqual([{ id: 7 }]);
    db.close();
    expect(backups()).toHaveLength(1);
  });

  it('refuses a migration that leaves rows without what they refer to', () => {
    const dangling: Migration = {
      version: 2,
      name: 'dangling',
      sql: `CREATE TABLE parts (thing INTEGER REFERENCES things (id)) STRICT; INSERT INTO parts VALUES (99)`,
    };
    open([first]).close();
    expect(() => open([first, dangling])).toThrow(/1 rows refer to rows that are not there/);
  });

  it('refuses a database from the future and says what to do', () => {
    open([first, second]).close();
    const bytes = readFileSync(file);
    try {
      open([first]);
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(DatabaseFromTheFutureError);
      expect(thrown).toMatchObject({ found: 2, supported: 1, file });
      expect(String(thrown)).toContain('Start the newer Patchbay');
    }
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('refuses a file that is no database, or another program’s, and leaves it as it is', () => {
    const text = 'This is a letter to my landlord, and no database at all. '.repeat(20);
    writeFileSync(file, text);
    expect(() => open()).toThrow(NotAPatchbayDatabaseError);
    expect(readFileSync(file, 'utf8')).toBe(text);

    file = join(folder, 'music.db');
    const other = new Database(file);
    other.exec('CREATE TABLE songs (id INTEGER PRIMARY KEY)');
    other.close();
    const bytes = readFileSync(file);
    expect(() => open()).toThrow(/is a database of another program/);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('says so when there can be no database', () => {
    file = folder;
    expect(() => open()).toThrow(DatabaseUnavailableError);
    writeFileSync(join(folder, 'a-file'), '');
    file = join(folder, 'a-file', 'patchbay.db');
    expect(() => open()).toThrow(DatabaseUnavailableError);
  });
});

it('migrations are numbered from 1 without gaps', () => {
  expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1));
});
