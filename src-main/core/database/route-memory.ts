import type { Statement } from 'better-sqlite3';
import type { Db } from './open-database.ts';

/** A destination that was not reached when it was last rung. */
export interface UnreachedDestination {
  /** E.164. */
  number: string;
  /** How often in a row. */
  failures: number;
  /** Unix milliseconds; 0: it does not rest. */
  restsUntil: number;
}

/** What decisions remember of each other. */
export class RouteMemoryQueries {
  readonly #turns: Statement<[], { groupId: string; member: string }>;
  readonly #setTurn: Statement<[string, string, number]>;
  readonly #unreached: Statement<[], UnreachedDestination>;
  readonly #setUnreached: Statement<[string, number, number]>;
  readonly #reached: Statement<[string]>;

  constructor(db: Db) {
    this.#turns = db.prepare('SELECT group_id AS groupId, member FROM group_turns');
    this.#setTurn = db.prepare(
      `INSERT INTO group_turns (group_id, member, at) VALUES (?, ?, ?)
       ON CONFLICT (group_id) DO UPDATE SET member = excluded.member, at = excluded.at`,
    );
    this.#unreached = db.prepare(
      'SELECT number, failures, rests_until AS restsUntil FROM unreached_destinations',
    );
    this.#setUnreached = db.prepare(
      `INSERT INTO unreached_destinations (number, failures, rests_until) VALUES (?, ?, ?)
       ON CONFLICT (number) DO UPDATE SET failures = excluded.failures, rests_until = excluded.rests_until`,
    );
    this.#reached = db.prepare('DELETE FROM unreached_destinations WHERE number = ?');
  }

  /** The member that each round-robin group's last decision began with. */
  turns(): { groupId: string; member: string }[] {
    return this.#turns.all();
  }

  setTurn(groupId: string, member: string, at: number): void {
    this.#setTurn.run(groupId, member, at);
  }

  unreached(): UnreachedDestination[] {
    return this.#unreached.all();
  }

  setUnreached({ number, failures, restsUntil }: UnreachedDestination): void {
    this.#setUnreached.run(number, failures, restsUntil);
  }

  /** The destination was reached: nothing is held against it. */
  setReached(number: string): void {
    this.#reached.run(number);
  }
}
