import type { Statement } from 'better-sqlite3';
import type { Db } from './open-database.ts';

/** An entry of Twilio's debugger, as it was read. */
export interface TwilioAlert {
  /** Twilio's, NO… */
  sid: string;
  accountSid: string;
  at: number;
  level: string;
  code: number | null;
  /** Of the call or one of its legs; null: it concerns no call. */
  callSid: string | null;
  requestUrl: string | null;
  /** A plain sentence, for codes that the catalogue does not have. */
  says: string;
}

const columns =
  'sid, account_sid AS accountSid, at, level, code, call_sid AS callSid, request_url AS requestUrl, says';

export class TwilioAlertQueries {
  readonly #db: Db;
  readonly #insert: Statement<(string | number | null)[]>;
  readonly #list: Statement<[string, number], TwilioAlert>;
  readonly #ofCalls: Statement<[string], TwilioAlert>;
  readonly #newest: Statement<[string], number | null>;

  constructor(db: Db) {
    this.#db = db;
    // Reads overlap, and an alert never changes.
    this.#insert = db.prepare(
      `INSERT INTO twilio_alerts (sid, account_sid, at, level, code, call_sid, request_url, says)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sid) DO NOTHING`,
    );
    this.#list = db.prepare(
      `SELECT ${columns} FROM twilio_alerts WHERE account_sid = ? ORDER BY at DESC, sid LIMIT ?`,
    );
    this.#ofCalls = db.prepare(
      `SELECT ${columns} FROM twilio_alerts WHERE call_sid IN (SELECT value FROM json_each(?)) ORDER BY at, sid`,
    );
    this.#newest = db
      .prepare<[string], number | null>('SELECT max(at) FROM twilio_alerts WHERE account_sid = ?')
      .pluck();
  }

  /** Those that are there already stay as they are. */
  put(alerts: readonly TwilioAlert[]): void {
    this.#db.transaction(() => {
      for (const alert of alerts) {
        const { sid, accountSid, at, level, code, callSid, requestUrl, says } = alert;
        this.#insert.run(sid, accountSid, at, level, code, callSid, requestUrl, says);
      }
    })();
  }

  /** The newest first. */
  list(accountSid: string, limit: number): TwilioAlert[] {
    return this.#list.all(accountSid, limit);
  }

  /** The oldest first. */
  ofCalls(callSids: readonly string[]): TwilioAlert[] {
    return callSids.length === 0 ? [] : this.#ofCalls.all(JSON.stringify(callSids));
  }

  /** When the newest one of an account happened. */
  newestAt(accountSid: string): number | null {
    return this.#newest.get(accountSid) ?? null;
  }
}
