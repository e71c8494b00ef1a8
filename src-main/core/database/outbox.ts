import type { Statement } from 'better-sqlite3';
import type { Db } from './open-database.ts';

/** Something that Patchbay owes to an address of the operator's, until it is delivered or given up. */
export interface OutboxItem {
  id: string;
  kind: 'after-call';
  callId: string;
  url: string;
  body: string;
  /** dead: given up; the operator sees it and can revive it. */
  state: 'waiting' | 'delivered' | 'dead';
  attempts: number;
  nextAt: number;
  lastProblem: string | null;
  createdAt: number;
}

const select = `SELECT id, kind, call_id AS callId, url, body, state, attempts, next_at AS nextAt,
  last_problem AS lastProblem, created_at AS createdAt FROM outbox`;

export class OutboxQueries {
  readonly #add: Statement<(string | number | null)[]>;
  readonly #due: Statement<[number, number], OutboxItem>;
  readonly #reschedule: Statement<[number, number, string, string]>;
  readonly #delivered: Statement<[number, string]>;
  readonly #bury: Statement<[string, string]>;
  readonly #list: Statement<[number], OutboxItem>;
  readonly #listState: Statement<[string, number], OutboxItem>;
  readonly #ofCall: Statement<[string], OutboxItem>;
  readonly #countDead: Statement<[], number>;
  readonly #revive: Statement<[number, string]>;
  readonly #nextDueAt: Statement<[number], number | null>;

  constructor(db: Db) {
    this.#add = db.prepare(
      `INSERT INTO outbox (id, kind, call_id, url, body, state, attempts, next_at, last_problem, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, call_id) DO NOTHING`,
    );
    // With a bare min(), SQLite takes the other columns from the row of the minimum (lang_select.html#bareagg).
    this.#due = db.prepare(
      `SELECT id, kind, callId, url, body, state, attempts, nextAt, lastProblem, createdAt FROM (
         SELECT *, call_id AS callId, min(next_at) AS nextAt, last_problem AS lastProblem, created_at AS createdAt
         FROM outbox WHERE state = 'waiting' AND next_at <= ? GROUP BY url
       ) ORDER BY nextAt LIMIT ?`,
    );
    this.#reschedule = db.prepare(
      `UPDATE outbox SET attempts = ?, next_at = ?, last_problem = ? WHERE id = ? AND state = 'waiting'`,
    );
    this.#delivered = db.prepare(
      `UPDATE outbox SET state = 'delivered', attempts = attempts + 1, delivered_at = ?, last_problem = NULL
       WHERE id = ?`,
    );
    this.#bury = db.prepare(
      `UPDATE outbox SET state = 'dead', attempts = attempts + 1, last_problem = ? WHERE id = ? AND state = 'waiting'`,
    );
    this.#list = db.prepare(`${select} ORDER BY created_at DESC LIMIT ?`);
    this.#listState = db.prepare(`${select} WHERE state = ? ORDER BY created_at DESC LIMIT ?`);
    this.#ofCall = db.prepare(`${select} WHERE call_id = ? AND kind = 'after-call'`);
    this.#countDead = db.prepare<[], number>(`SELECT count(*) FROM outbox WHERE state = 'dead'`).pluck();
    this.#revive = db.prepare(
      `UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ? WHERE id = ? AND state = 'dead'`,
    );
    this.#nextDueAt = db
      .prepare<[number], number | null>(
        `SELECT min(next_at) FROM outbox WHERE state = 'waiting' AND next_at > ?`,
      )
      .pluck();
  }

  /** A call is told of once: an item of the same kind for the same call is already there → nothing happens. */
  add(item: OutboxItem): void {
    this.#add.run(
      item.id,
      item.kind,
      item.callId,
      item.url,
      item.body,
      item.state,
      item.attempts,
      item.nextAt,
      item.lastProblem,
      item.createdAt,
    );
  }

  /** Of each address the item that has been due longest, so that a long queue for one never hides the others. */
  due(now: number, limit: number): OutboxItem[] {
    return this.#due.all(now, limit);
  }

  /** A try failed; the next one comes at `nextAt`. */
  reschedule(id: string, next: { attempts: number; nextAt: number; problem: string }): void {
    this.#reschedule.run(next.attempts, next.nextAt, next.problem, id);
  }

  delivered(id: string, at: number): void {
    this.#delivered.run(at, id);
  }

  /** Gives the item up; it stays visible as a dead letter. */
  bury(id: string, problem: string): void {
    this.#bury.run(problem, id);
  }

  /** The newest first. */
  list(query: { state?: OutboxItem['state']; limit: number }): OutboxItem[] {
    return query.state === undefined
      ? this.#list.all(query.limit)
      : this.#listState.all(query.state, query.limit);
  }

  /** What is owed, or was delivered, about a call. */
  ofCall(callId: string): OutboxItem | undefined {
    return this.#ofCall.get(callId);
  }

  countDead(): number {
    return this.#countDead.get() ?? 0;
  }

  /** Gives a dead letter a fresh start. */
  revive(id: string, now: number): void {
    this.#revive.run(now, id);
  }

  /** When the first waiting item that falls due after `after` does; undefined when there is none. */
  nextDueAt(after = -1): number | undefined {
    return this.#nextDueAt.get(after) ?? undefined;
  }
}
