import type { CallbackPromise } from '../../../src-preload/contract/promises.ts';
import type { Db } from './open-database.ts';

/** A promise as it is kept; how it stands follows from the clock. */
export interface KeptPromise extends Omit<CallbackPromise, 'state'> {
  integrationId: string | null;
  /** Null with no `textProblem`: whether the text went out was not learned. */
  messageSid: string | null;
}

const columns = `id, call_id AS callId, integration_id AS integrationId, number, called, contact_name AS contactName,
  reason, case_number AS caseNumber, made_at AS madeAt, due_at AS dueAt, message_sid AS messageSid,
  text_problem AS textProblem, ended_at AS endedAt, ended_by AS endedBy, attempts`;

export class PromiseQueries {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** @returns false when the call has one already: a caller is promised one call back a call. */
  add(promise: KeptPromise): boolean {
    return (
      this.#db
        .prepare(
          `INSERT INTO promises (id, call_id, integration_id, number, called, contact_name, reason, case_number, made_at,
             due_at, message_sid, text_problem, ended_at, ended_by, attempts)
           VALUES (@id, @callId, @integrationId, @number, @called, @contactName, @reason, @caseNumber, @madeAt,
             @dueAt, @messageSid, @textProblem, @endedAt, @endedBy, @attempts) ON CONFLICT DO NOTHING`,
        )
        .run(promise).changes > 0
    );
  }

  get(id: string): KeptPromise | undefined {
    return this.#db.prepare<[string], KeptPromise>(`SELECT ${columns} FROM promises WHERE id = ?`).get(id);
  }

  ofCall(callId: string): KeptPromise | undefined {
    return this.#db
      .prepare<[string], KeptPromise>(`SELECT ${columns} FROM promises WHERE call_id = ?`)
      .get(callId);
  }

  /** Those still to be kept, the one due first at the top; then the others, the newest first. */
  list(limit: number): KeptPromise[] {
    return this.#db
      .prepare<[number], KeptPromise>(
        `SELECT ${columns} FROM promises
         ORDER BY ended_at IS NOT NULL, CASE WHEN ended_at IS NULL THEN due_at ELSE -made_at END LIMIT ?`,
      )
      .all(limit);
  }

  /** Those of whose text neither a message SID nor a problem came. */
  withoutNewsOfText(): KeptPromise[] {
    return this.#db
      .prepare<[], KeptPromise>(
        `SELECT ${columns} FROM promises WHERE message_sid IS NULL AND text_problem IS NULL ORDER BY made_at`,
      )
      .all();
  }

  textSent(id: string, messageSid: string): void {
    this.#db.prepare('UPDATE promises SET message_sid = ? WHERE id = ?').run(messageSid, id);
  }

  textFailed(id: string, problem: string): void {
    this.#db.prepare('UPDATE promises SET text_problem = ? WHERE id = ?').run(problem, id);
  }

  tried(id: string): void {
    this.#db.prepare('UPDATE promises SET attempts = attempts + 1 WHERE id = ?').run(id);
  }

  /** The first end counts. */
  end(id: string, at: number, by: KeptPromise['endedBy']): void {
    this.#db
      .prepare('UPDATE promises SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL')
      .run(at, by, id);
  }

  /** What this caller still waits for. */
  openOf(number: string): KeptPromise[] {
    return this.#db
      .prepare<[string], KeptPromise>(`SELECT ${columns} FROM promises WHERE number = ? AND ended_at IS NULL`)
      .all(number);
  }

  /** Those that are broken at `now` and that the operator was not told of; they count as told from now on. */
  takeBroken(now: number): KeptPromise[] {
    const ids = this.#db
      .prepare<[number, number], string>(
        'UPDATE promises SET reminded_at = ? WHERE ended_at IS NULL AND reminded_at IS NULL AND due_at < ? RETURNING id',
      )
      .pluck()
      .all(now, now);
    return ids.flatMap((id) => this.get(id) ?? []);
  }

  /** How many stand how, of those made since `since` (Unix milliseconds). */
  counts(since: number, now: number): { open: number; kept: number; late: number; broken: number } {
    const row = this.#db
      .prepare<{ since: number; now: number }, Record<'open' | 'kept' | 'late' | 'broken', number | null>>(
        `SELECT sum(ended_at IS NULL AND due_at >= @now) AS open,
           sum(ended_at IS NOT NULL AND ended_at <= due_at) AS kept,
           sum(ended_at IS NOT NULL AND ended_at > due_at) AS late,
           sum(ended_at IS NULL AND due_at < @now) AS broken
         FROM promises WHERE made_at >= @since`,
      )
      .get({ since, now });
    return {
      open: row?.open ?? 0,
      kept: row?.kept ?? 0,
      late: row?.late ?? 0,
      broken: row?.broken ?? 0,
    };
  }
}
