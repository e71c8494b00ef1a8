import Database from 'better-sqlite3';
import type { Db } from '../database/open-database.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';

/** durable: it is on disk. deferred: the database can't be written now; it is kept in memory and retried. */
export type Durability = 'durable' | 'deferred';

interface Write {
  work: () => void;
  resolve: (durability: Durability) => void;
  reject: (reason: unknown) => void;
}

/** A turn lasts a fraction of a millisecond and a sync about half of one: waiting for a fuller batch pays. */
const turnsWaited = 3;

/** The first retry comes soon, because most locks are held for a moment … */
const FIRST_RETRY_MS = 50;
/** … and no retry later than this: a full disk that was cleared should be noticed while the operator looks on. */
const LONGEST_RETRY_MS = 5_000;
/** How many kept writes go into one transaction: a long backlog must not hold up the calls that go on meanwhile. */
const RETRY_AT_ONCE = 1_000;
/** How long `close` goes on trying; a host has 5 s in all to end. */
const CLOSING_PATIENCE_MS = 2_000;

/** What SQLite says when the place fails and not the statement (https://sqlite.org/rescode.html). */
const storageTrouble =
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOMEM|PROTOCOL|CORRUPT|NOTADB|PERM|AUTH|INTERRUPT|NOLFS)/;

/**
 * Group commit: whatever is written within one turn of the event loop goes to disk in one transaction with one sync,
 * and the answers wait for it. When the database can't be written, the calls go on: writes are kept in memory, in
 * order, and retried.
 */
export class Recorder {
  readonly #db: Db;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #onDeferred: ((backlog: number) => void) | undefined;
  readonly #begin: Database.Statement<[]>;
  readonly #commit: Database.Statement<[]>;
  readonly #rollback: Database.Statement<[]>;
  #queue: Write[] = [];
  #scheduled = false;
  /** Works that were answered with "deferred", oldest first. */
  #deferred: (() => void)[] = [];
  #deferredSince = 0;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(db: Db, deps: { logger: Logger; clock: Clock; onDeferred?: (backlog: number) => void }) {
    this.#db = db;
    this.#logger = deps.logger;
    this.#clock = deps.clock;
    this.#onDeferred = deps.onDeferred;
    // IMMEDIATE: a lock is met here, before any work has run.
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
  }

  /** How many writes are kept in memory because the database could not take them. */
  get backlog(): number {
    return this.#deferred.length;
  }

  /**
   * Runs `work` in the next group commit. Resolves with "durable" once it is on disk, or with "deferred" when the
   * database is locked, full or failing. `work` runs synchronously and may run more than once (its earlier effects
   * on the database are rolled back then), so it should do nothing but write.
   * @throws (rejects) what `work` throws; the other works of its batch are committed all the same.
   */
  write(work: () => void): Promise<Durability> {
    return new Promise((resolve, reject) => {
      if (this.#closing !== undefined) {
        reject(new Error('the recorder is closed'));
        return;
      }
      this.#queue.push({ work, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      this.#whenQuiet(turnsWaited);
    });
  }

  /** Commits what waits, and tries once to bring the backlog to disk; `backlog` says whether that worked. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#turn();
        while (this.#deferred.length > 0 && this.#retryNow());
        resolve();
      });
    });
  }

  /** Refuses further writes, commits what waits and tries for a moment to bring the backlog to disk. The database stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const giveUpAt = performance.now() + CLOSING_PATIENCE_MS;
    await this.flush();
    while (this.#deferred.length > 0 && performance.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, FIRST_RETRY_MS));
      await this.flush();
    }
    clearTimeout(this.#retry);
    if (this.#deferred.length === 0) return;
    this.#logger.error('Facts were lost: the database could not be written until the end', {
      lost: this.#deferred.length,
    });
  }

  /** Commits at the end of the turn; while each turn brings more writes, up to `turns` further ones share the sync. */
  #whenQuiet(turns: number): void {
    const before = this.#queue.length;
    setImmediate(() => {
      if (turns > 0 && this.#queue.length > before) this.#whenQuiet(turns - 1);
      else this.#turn();
    });
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#queue.length === 0) return;
    const batch = this.#queue;
    this.#queue = [];
    // What came before must be on disk first, so that facts keep their order.
    if (this.#deferred.length > 0) {
      this.#defer(batch);
      return;
    }
    try {
      this.#begin.run();
      for (const write of batch) write.work();
      this.#commit.run();
    } catch (thrown) {
      this.#undo();
      if (isStorageTrouble(thrown)) this.#defer(batch, thrown);
      else this.#commitOneByOne(batch);
      return;
    }
    for (const write of batch) write.resolve('durable');
  };

  /** One work of the batch failed: run them again, each under its own savepoint, so that only that one is undone. */
  #commitOneByOne(batch: Write[]): void {
    const failed = new Map<Write, unknown>();
    try {
      this.#inTransaction(
        batch.map((write) => write.work),
        (index, thrown) => {
          const write = batch[index];
          if (write !== undefined) failed.set(write, thrown);
        },
      );
    } catch (thrown) {
      if (isStorageTrouble(thrown)) this.#defer(batch, thrown);
      else for (const write of batch) write.reject(thrown);
      return;
    }
    for (const write of batch) {
      if (failed.has(write)) write.reject(failed.get(write));
      else write.resolve('durable');
    }
  }

  /** @throws when the transaction as a whole failed; nothing of it is on disk then. */
  #inTransaction(works: readonly (() => void)[], onFailure: (index: number, thrown: unknown) => void): void {
    try {
      this.#begin.run();
      works.forEach((work, index) => {
        try {
          this.#db.transaction(work)(); // a savepoint, because a transaction is open
        } catch (thrown) {
          if (isStorageTrouble(thrown)) throw thrown;
          onFailure(index, thrown);
        }
      });
      this.#commit.run();
    } catch (thrown) {
      this.#undo();
      throw thrown;
    }
  }

  /** SQLite has rolled back by itself after some errors. */
  #undo(): void {
    try {
      if (this.#db.inTransaction) this.#rollback.run();
    } catch (thrown) {
      this.#logger.error('A transaction could not be rolled back', { problem: messageOf(thrown) });
    }
  }

  #defer(batch: Write[], trouble?: unknown): void {
    if (this.#deferred.length === 0) {
      this.#deferredSince = this.#clock.now();
      this.#retryMs = FIRST_RETRY_MS;
      this.#logger.error('The database can’t be written; calls go on and facts are kept in memory', {
        problem: messageOf(trouble),
      });
    }
    for (const write of batch) {
      this.#deferred.push(write.work);
      write.resolve('deferred');
    }
    this.#retry ??= setTimeout(this.#retryNow, this.#retryMs);
    this.#onDeferred?.(this.#deferred.length);
  }

  /** Brings the oldest part of the backlog to disk. @returns whether that worked. */
  readonly #retryNow = (): boolean => {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const works = this.#deferred.slice(0, RETRY_AT_ONCE);
    const refused: unknown[] = [];
    try {
      this.#inTransaction(works, (_index, thrown) => refused.push(thrown));
    } catch (thrown) {
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      this.#retry = setTimeout(this.#retryNow, this.#retryMs);
      this.#logger.warn('The database still can’t be written', {
        backlog: this.#deferred.length,
        problem: messageOf(thrown),
      });
      return false;
    }
    this.#deferred = this.#deferred.slice(works.length);
    for (const thrown of refused) {
      this.#logger.error('A fact that was kept in memory was refused', { problem: messageOf(thrown) });
    }
    if (this.#deferred.length > 0) {
      this.#retry = setTimeout(this.#retryNow, 0);
    } else {
      this.#logger.info('The database can be written again', {
        afterMs: this.#clock.now() - this.#deferredSince,
      });
    }
    this.#onDeferred?.(this.#deferred.length);
    return true;
  };
}

function isStorageTrouble(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && storageTrouble.test(thrown.code);
}
