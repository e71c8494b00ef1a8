import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from '../database/open-database.ts';
import { handClock, rememberingLogger } from '../database/testing.ts';
import { Recorder } from './recorder.ts';

let folder: string;
let file: string;
let db: Db;
let logger: ReturnType<typeof rememberingLogger>;
let backlogs: number[];
let recorder: Recorder;
let insert: Database.Statement<[number]>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-recorder-'));
  file = join(folder, 'patchbay.db');
  logger = rememberingLogger();
  db = openDatabase(file, { logger, clock: handClock() });
  db.exec('CREATE TABLE facts (place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE) STRICT');
  backlogs = [];
  recorder = new Recorder(db, {
    logger,
    clock: handClock(),
    onDeferred: (backlog) => backlogs.push(backlog),
  });
  insert = db.prepare('INSERT INTO facts (id) VALUES (?)');
});
afterEach(async () => {
  await recorder.close();
  db.close();
  rmSync(folder, { recursive: true });
});

const rows = () => db.prepare<[], number>('SELECT id FROM facts ORDER BY place').pluck().all();
const write = (id: number) => recorder.write(() => insert.run(id));
/** Another program that holds the database; it sees only what is committed. */
const other = () => new Database(file, { timeout: 0 });

describe('a group commit', () => {
  it('writes what one turn of the event loop brings in one transaction', async () => {
    let commits = 0;
    const begun: boolean[] = [];
    const counted = new Recorder(
      new Proxy(db, {
        get: (target, property) => {
          if (property !== 'prepare') {
            const value = Reflect.get(target, property, target);
            return typeof value === 'function' ? value.bind(target) : value;
          }
          return (source: string) => {
            const statement = target.prepare(source);
            if (source !== 'COMMIT') return statement;
            return {
              run: () => {
                commits += 1;
                return statement.run();
              },
            };
          };
        },
      }),
      { logger, clock: handClock() },
    );
    const writes = Array.from({ length: 50 }, (_, id) =>
      counted.write(() => {
        begun.push(db.inTransaction);
        insert.run(id);
      }),
    );
    expect(await Promise.all(writes)).toEqual(Array.from({ length: 50 }, () => 'durable'));
    expect(commits).toBe(1);
    expect(begun).toEqual(Array.from({ length: 50 }, () => true));
    expect(rows()).toHaveLength(50);
  });

  it('has committed when it answers', async () => {
    const reader = other();
    await write(1);
    expect(reader.prepare('SELECT id FROM facts').all()).toEqual([{ id: 1 }]);
    reader.close();
  });

  it('rejects only the work that throws, and undoes all of that one', async () => {
    const results = await Promise.allSettled([
      write(1),
      recorder.write(() => {
        insert.run(2);
        throw new Error('this work is broken');
      }),
      write(3),
      recorder.write(() => {
        insert.run(4);
        insert.run(1);
      }),
      write(5),
    ]);
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: { message: 'this work is broken' } });
    expect(results[3]).toMatchObject({ reason: { code: 'SQLITE_CONSTRAINT_UNIQUE' } });
    expect(rows()).toEqual([1, 3, 5]);
    expect(await write(6)).toBe('durable');
  });

  it('takes works that make transactions of their own', async () => {
    await recorder.write(db.transaction(() => insert.run(1)));
    expect(rows()).toEqual([1]);
  });
});

describe('a locked database', () => {
  it('defers at once, keeps the order, and writes everything when the lock is gone', async () => {
    const holder = other();
    holder.exec('BEGIN IMMEDIATE');
    const startedAt = performance.now();
    expect(await Promise.all([write(3), write(1)])).toEqual(['deferred', 'deferred']);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(recorder.backlog).toBe(2);
    expect(logger.lines.filter((line) => line.level === 'error')).toHaveLength(1);

    holder.exec('COMMIT');
    holder.close();
    // The lock is gone, but what came before is not on disk yet.
    expect(await write(2)).toBe('deferred');
    await recorder.flush();
    expect(recorder.backlog).toBe(0);
    expect(rows()).toEqual([3, 1, 2]);
    expect(backlogs).toEqual([2, 3, 0]);
    expect(await write(4)).toBe('durable');
  });

  it('is retried without being asked to', async () => {
    const holder = other();
    holder.exec('BEGIN IMMEDIATE');
    await write(1);
    setTimeout(() => holder.exec('COMMIT'), 120);
    await expect.poll(() => recorder.backlog, { timeout: 5_000 }).toBe(0);
    holder.close();
    expect(rows()).toEqual([1]);
    expect(logger.lines.some((line) => line.message.includes('still can’t be written'))).toBe(true);
  });

  it('is given a moment at the end, and what is lost is said', async () => {
    const holder = other();
    holder.exec('BEGIN IMMEDIATE');
    await write(1);
    await recorder.close();
    holder.close();
    expect(logger.lines.at(-1)).toMatchObject({ level: 'error', facts: { lost: 1 } });
    await expect(write(2)).rejects.toThrow('the recorder is closed');
  });

  it('passes by what turns out to be refused, and writes the rest', async () => {
    const holder = other();
    holder.exec('BEGIN IMMEDIATE');
    await Promise.all([write(1), write(1), write(2)]);
    holder.exec('COMMIT');
    holder.close();
    await recorder.flush();
    expect(rows()).toEqual([1, 2]);
    expect(logger.lines.some((line) => line.message.includes('was refused'))).toBe(true);
  });
});

it('keeps facts in memory while the disk is full', async () => {
  const full = db.pragma('page_count', { simple: true });
  db.pragma(`max_page_count = ${full}`);
  const big = 'x'.repeat(50_000);
  const insertBig = db.prepare('INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const writeBig = () =>
    recorder.write(() =>
      insertBig.run('a', 'after-call', 'c', 'https://example.com', big, 'waiting', 0, 0, null, 0, null),
    );
  expect(await Promise.all([write(1), writeBig()])).toEqual(['deferred', 'deferred']);
  db.pragma('max_page_count = 100000');
  await recorder.flush();
  expect(recorder.backlog).toBe(0);
  expect(rows()).toEqual([1]);
});

it('works through a long backlog in parts', async () => {
  const holder = other();
  holder.exec('BEGIN IMMEDIATE');
  const ids = Array.from({ length: 2_500 }, (_, id) => id);
  await Promise.all(ids.map(write));
  holder.exec('COMMIT');
  holder.close();
  await recorder.flush();
  expect(rows()).toEqual(ids);
  expect(backlogs.slice(-3)).toEqual([1_500, 500, 0]);
});

it('has on disk whatever it answered when the process is killed', async () => {
  const script = `
    import { openDatabase } from ${JSON.stringify(new URL('../database/open-database.ts', import.meta.url).href)};
    import { Recorder } from ${JSON.stringify(new URL('./recorder.ts', import.meta.url).href)};
    import { writeSync } from 'node:fs';
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const clock = { now: () => 0 };
    const db = openDatabase(${JSON.stringify(file)}, { logger, clock });
    const insert = db.prepare('INSERT INTO facts (id) VALUES (?)');
    const recorder = new Recorder(db, { logger, clock });
    let next = 0;
    const writer = async () => {
      for (;;) {
        const id = next++;
        await recorder.write(() => insert.run(id));
        writeSync(1, id + '\\n');
      }
    };
    for (let i = 0; i < 20; i++) writer();
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let answered = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      answered += chunk.toString();
      if (answered.length > 2_000) child.kill('SIGKILL');
    });
    child.on('close', () => resolve());
  });
  const ids = answered.split('\n').slice(0, -1).map(Number);
  expect(ids.length).toBeGreaterThan(300);
  const kept = new Set(rows());
  expect(ids.filter((id) => !kept.has(id))).toEqual([]);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
});
