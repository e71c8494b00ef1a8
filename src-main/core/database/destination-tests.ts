import type { Statement } from 'better-sqlite3';
import { z } from 'zod';
import {
  type DestinationCheck,
  destinationCheckSchema,
  type TestCall,
  testCallSchema,
} from '../../../src-preload/contract/destination-test.ts';
import type { Db } from './open-database.ts';

/** A test of a destination as it was kept. */
export interface KeptTest {
  id: number;
  number: string;
  /** Null: the number was tested for no integration in particular. */
  integrationId: string | null;
  at: number;
  /** All but the one of the call. */
  checks: DestinationCheck[];
  /** Null: no call was placed. */
  callSid: string | null;
  /** Null with a `callSid`: the call's end was not seen. */
  call: TestCall | null;
  /** When the number's voicemail picks up, as was known after this test's call; null: none is known. */
  voicemailAfterSeconds: number | null;
}

interface Row {
  id: number;
  number: string;
  integration_id: string | null;
  at: number;
  checks: string;
  call_sid: string | null;
  call: string | null;
  voicemail_after_seconds: number | null;
}

const checksText = z.string().transform((text) => z.array(destinationCheckSchema).parse(JSON.parse(text)));
const callText = z.string().transform((text) => testCallSchema.parse(JSON.parse(text)));

export class DestinationTestQueries {
  readonly #insert: Statement<[string, string | null, number, string, string | null]>;
  readonly #deleteOutdated: Statement<[string, string | null, number]>;
  readonly #finish: Statement<[string, string, number | null, number]>;
  readonly #newest: Statement<[string, string | null], Row>;
  readonly #newestWithCall: Statement<[string], Row>;
  readonly #newestOfNumber: Statement<[string], Row>;
  readonly #voicemails: Statement<[], { number: string; seconds: number }>;
  readonly #withoutEnd: Statement<[], string>;

  constructor(db: Db) {
    this.#insert = db.prepare(
      'INSERT INTO destination_tests (number, integration_id, at, checks, call_sid) VALUES (?, ?, ?, ?, ?)',
    );
    this.#deleteOutdated = db.prepare(
      `DELETE FROM destination_tests WHERE number = ? AND integration_id IS ? AND id < ?
       AND call_sid IS NULL AND outcome IS NULL`,
    );
    this.#finish = db.prepare(
      'UPDATE destination_tests SET outcome = ?, call = ?, voicemail_after_seconds = ? WHERE id = ?',
    );
    this.#newest = db.prepare(
      `SELECT * FROM destination_tests WHERE number = ? AND (integration_id IS NULL OR integration_id = ?)
       ORDER BY at DESC, id DESC LIMIT 1`,
    );
    this.#newestWithCall = db.prepare(
      `SELECT * FROM destination_tests WHERE number = ? AND (call_sid IS NOT NULL OR outcome IS NOT NULL)
       ORDER BY at DESC, id DESC LIMIT 1`,
    );
    this.#newestOfNumber = db.prepare(
      'SELECT * FROM destination_tests WHERE number = ? ORDER BY at DESC, id DESC LIMIT 1',
    );
    this.#voicemails = db.prepare(
      `SELECT number, voicemail_after_seconds AS seconds FROM destination_tests
       WHERE voicemail_after_seconds IS NOT NULL AND id IN
         (SELECT max(id) FROM destination_tests WHERE outcome IS NOT NULL GROUP BY number)`,
    );
    this.#withoutEnd = db
      .prepare<[], string>(
        'SELECT DISTINCT number FROM destination_tests WHERE call_sid IS NOT NULL AND outcome IS NULL',
      )
      .pluck();
  }

  /**
   * Takes the place of earlier tests for the same that have no call: the doctor looks often, and only the last look counts.
   * @returns the test's id.
   */
  insert(
    test: Pick<KeptTest, 'number' | 'integrationId' | 'at' | 'checks'> & { callSid?: string | null },
  ): number {
    const { number, integrationId, at, checks, callSid = null } = test;
    const inserted = this.#insert.run(number, integrationId, at, JSON.stringify(checks), callSid);
    const id = Number(inserted.lastInsertRowid);
    this.#deleteOutdated.run(number, integrationId, id);
    return id;
  }

  /**
   * What came of a test's call.
   * @param voicemailAfterSeconds what is known of the number's voicemail from now on, by this and by earlier calls
   */
  finish(id: number, call: TestCall, voicemailAfterSeconds: number | null): void {
    this.#finish.run(call.outcome, JSON.stringify(call), voicemailAfterSeconds, id);
  }

  /** The newest test of a number, for this integration or for none in particular. */
  newest(number: string, integrationId: string | null): KeptTest | undefined {
    const row = this.#newest.get(number, integrationId);
    return row && fromRow(row);
  }

  /** The newest test of a number, whatever it was made for. */
  newestOfNumber(number: string): KeptTest | undefined {
    const row = this.#newestOfNumber.get(number);
    return row && fromRow(row);
  }

  /** The newest test of a number that has a call, whatever it was made for. */
  newestWithCall(number: string): KeptTest | undefined {
    const row = this.#newestWithCall.get(number);
    return row && fromRow(row);
  }

  /** Numbers with a call whose end was not seen. */
  numbersWithoutEnd(): string[] {
    return this.#withoutEnd.all();
  }

  /** Of each number whose voicemail is known, the seconds after which it picks up. */
  voicemails(): Map<string, number> {
    return new Map(this.#voicemails.all().map(({ number, seconds }) => [number, seconds]));
  }
}

function fromRow(row: Row): KeptTest {
  return {
    id: row.id,
    number: row.number,
    integrationId: row.integration_id,
    at: row.at,
    checks: checksText.parse(row.checks),
    callSid: row.call_sid,
    call: row.call === null ? null : callText.parse(row.call),
    voicemailAfterSeconds: row.voicemail_after_seconds,
  };
}
