import type { Statement } from 'better-sqlite3';
import { z } from 'zod';
import { type NumberConfig, numberConfigSchema } from '../../../src-preload/contract/numbers.ts';
import type { Db } from './open-database.ts';

/** A Twilio number that Patchbay has changed, is changing, or is giving back. */
export interface AttachedNumber {
  /** Twilio's SID, PN… */
  sid: string;
  accountSid: string;
  /** E.164. */
  number: string;
  workflowId: string;
  state: 'attaching' | 'attached' | 'detaching';
  since: number;
  /** As it was before Patchbay changed anything. */
  before: NumberConfig;
  /** As Patchbay has set it, or is about to. */
  set: NumberConfig;
  /** What Patchbay had set before, as long as Twilio may still hold it: the number is on its way to another address. */
  earlier?: readonly NumberConfig[];
  /** As it was last seen at Twilio, and when; null: not looked at since. */
  seen: NumberConfig | null;
  seenAt: number | null;
  problem: string | null;
}

interface Row {
  sid: string;
  account_sid: string;
  number: string;
  workflow_id: string;
  state: AttachedNumber['state'];
  since: number;
  config_before: string;
  config_set: string;
  config_earlier: string | null;
  config_seen: string | null;
  seen_at: number | null;
  problem: string | null;
}

const configText = z.string().transform((text) => numberConfigSchema.parse(JSON.parse(text)));
const configsText = z.string().transform((text) => z.array(numberConfigSchema).parse(JSON.parse(text)));

export class AttachedNumberQueries {
  readonly #db: Db;

  readonly #onDelete: () => void;
  #numbers: Statement<[], string> | undefined;
  #held: ReadonlySet<string> | undefined;

  /** @param options `onDelete` is called when a number is no longer held: what was made for it can go. */
  constructor(db: Db, options: { onDelete?: () => void } = {}) {
    this.#db = db;
    this.#onDelete = options.onDelete ?? (() => {});
  }

  /** Of every account, by number. */
  list(): AttachedNumber[] {
    return this.#db.prepare<[], Row>('SELECT * FROM attached_numbers ORDER BY number').all().map(fromRow);
  }

  /** Whether calls to this number (E.164) come to Patchbay, or are about to. Asked for every decision. */
  holds(number: string): boolean {
    this.#held ??= this.#heldThisTurn();
    return this.#held.has(number);
  }

  /** Read anew in each turn of the event loop: the many decisions of one turn share it, and it is never out of date. */
  #heldThisTurn(): ReadonlySet<string> {
    this.#numbers ??= this.#db.prepare<[], string>('SELECT number FROM attached_numbers').pluck();
    setImmediate(() => this.#forget());
    return new Set(this.#numbers.all());
  }

  #forget(): void {
    this.#held = undefined;
  }

  /** How many numbers of this account Patchbay holds, those that are half attached or half given back among them. */
  countOf(accountSid: string): number {
    const count = this.#db
      .prepare<[string], number>('SELECT count(*) FROM attached_numbers WHERE account_sid = ?')
      .pluck();
    return count.get(accountSid) ?? 0;
  }

  get(sid: string): AttachedNumber | undefined {
    const row = this.#db.prepare<[string], Row>('SELECT * FROM attached_numbers WHERE sid = ?').get(sid);
    return row && fromRow(row);
  }

  put(number: AttachedNumber): void {
    this.#forget();
    this.#db
      .prepare(
        `INSERT INTO attached_numbers (sid, account_sid, number, workflow_id, state, since, config_before, config_set,
           config_earlier, config_seen, seen_at, problem)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (sid) DO UPDATE SET account_sid = excluded.account_sid, number = excluded.number,
           workflow_id = excluded.workflow_id, state = excluded.state, since = excluded.since,
           config_before = excluded.config_before, config_set = excluded.config_set,
           config_earlier = excluded.config_earlier, config_seen = excluded.config_seen,
           seen_at = excluded.seen_at, problem = excluded.problem`,
      )
      .run(
        number.sid,
        number.accountSid,
        number.number,
        number.workflowId,
        number.state,
        number.since,
        JSON.stringify(number.before),
        JSON.stringify(number.set),
        number.earlier?.length ? JSON.stringify(number.earlier) : null,
        number.seen && JSON.stringify(number.seen),
        number.seenAt,
        number.problem,
      );
  }

  delete(sid: string): void {
    this.#forget();
    this.#db.prepare('DELETE FROM attached_numbers WHERE sid = ?').run(sid);
    this.#onDelete();
  }
}

function fromRow(row: Row): AttachedNumber {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    number: row.number,
    workflowId: row.workflow_id,
    state: row.state,
    since: row.since,
    before: configText.parse(row.config_before),
    set: configText.parse(row.config_set),
    ...(row.config_earlier !== null && { earlier: configsText.parse(row.config_earlier) }),
    seen: row.config_seen === null ? null : configText.parse(row.config_seen),
    seenAt: row.seen_at,
    problem: row.problem,
  };
}
