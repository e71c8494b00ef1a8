import type { Statement } from 'better-sqlite3';
import type { CallEvent, CallFact, CallRow, CallView } from '../../../src-preload/contract/calls.ts';
import { tellingPhone } from '../calls/rung-state.ts';
import { factsOfDecisions } from '../routing/facts-of-call.ts';
import type { Db } from './open-database.ts';

interface EventRow {
  callId: string;
  seq: number;
  at: number;
  fact: string;
}

/** A voicemail that was recorded at `recordedAt`, Unix milliseconds; Twilio has it under `url`. */
export interface VoicemailToKeep {
  callId: string;
  url: string;
  seconds: number;
  recordedAt: number;
}

type Value = string | number | null;

/** The columns of `calls` and where a view keeps them; lists and searches read nothing else. */
const columns: Record<string, (view: CallView) => Value> = {
  id: (view) => view.id,
  call_sid: (view) => view.callSid,
  account_sid: (view) => view.accountSid,
  from_number: (view) => view.from,
  to_number: (view) => view.to,
  workflow_id: (view) => view.workflowId,
  workflow_name: (view) => view.workflowName,
  model: (view) => view.model,
  contact_id: (view) => view.contact.id,
  contact_name: (view) => view.contact.name,
  contact_known: (view) => (view.contact.known ? 1 : 0),
  phase: (view) => view.phase,
  outcome: (view) => view.outcome,
  started_at: (view) => view.startedAt,
  ended_at: (view) => view.endedAt,
  last_seq: (view) => view.lastSeq,
  transfer_cause: (view) => view.transfer?.cause ?? null,
  reason: (view) => view.transfer?.reason ?? null,
  department: (view) => view.transfer?.department ?? null,
  integration_id: (view) => view.decision?.integrationId ?? null,
  decided_via: (view) => view.decision?.via ?? null,
  rule: (view) => view.decision?.rule ?? null,
  decision_ms: (view) => view.decision?.tookMs ?? null,
  // Before anybody was rung, who is to be.
  destination: (view) => tellingPhone(view.rung)?.destination ?? view.decision?.destinations[0] ?? null,
  fallback_reason: (view) => view.decision?.fallbackReason ?? null,
  message: (view) => view.message?.text ?? null,
  summary: (view) => view.summary,
};
const names = Object.keys(columns);
const readers = Object.values(columns);

const listed = `SELECT calls.id, from_number AS "from", to_number AS "to", workflow_id AS workflowId,
  workflow_name AS workflowName, model, phase, outcome, started_at AS startedAt, ended_at AS endedAt, summary,
  coalesce(contacts.desk_name, contacts.learned_name, contact_name) AS contactName, reason, destination,
  fallback_reason AS fallbackReason
  FROM calls LEFT JOIN contacts ON contacts.id = calls.contact_id`;

export class CallQueries {
  readonly #insertEvent: Statement<[string, number, number, string, string]>;
  readonly #saveView: Statement<Value[]>;
  readonly #openEvents: Statement<[], EventRow>;
  readonly #eventsOf: Statement<[string], EventRow>;
  readonly #idBySid: Statement<[string], string>;
  readonly #unsummarised: Statement<[], string>;
  readonly #voicemailsToKeep: Statement<[number], VoicemailToKeep>;
  readonly #decided: Statement<[number], EventRow>;
  readonly #list: Statement<[number], CallRow>;
  readonly #listBefore: Statement<[number, number], CallRow>;

  constructor(db: Db) {
    this.#insertEvent = db.prepare(
      'INSERT INTO call_events (call_id, seq, at, type, fact) VALUES (?, ?, ?, ?, ?)',
    );
    this.#saveView = db.prepare(
      `INSERT INTO calls (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
       ON CONFLICT (id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    );
    this.#openEvents = db.prepare(
      `SELECT call_id AS callId, seq, call_events.at, fact FROM calls
       CROSS JOIN call_events ON call_id = calls.id
       WHERE ended_at IS NULL ORDER BY started_at, calls.id, seq`,
    );
    this.#eventsOf = db.prepare(
      'SELECT call_id AS callId, seq, at, fact FROM call_events WHERE call_id = ? ORDER BY seq',
    );
    this.#idBySid = db.prepare<[string], string>('SELECT id FROM calls WHERE call_sid = ?').pluck();
    this.#unsummarised = db
      .prepare<[], string>(
        'SELECT id FROM calls WHERE ended_at IS NOT NULL AND summary IS NULL ORDER BY ended_at',
      )
      .pluck();
    this.#voicemailsToKeep = db.prepare(
      `SELECT call_id AS callId, at AS recordedAt, fact ->> '$.recordingUrl' AS url, fact ->> '$.seconds' AS seconds
       FROM call_events AS recorded WHERE type = 'voicemail.recorded' AND at >= ? AND NOT EXISTS (
         SELECT 1 FROM call_events AS later
         WHERE later.call_id = recorded.call_id AND later.type IN ('voicemail.kept', 'voicemail.lost')
       ) ORDER BY at`,
    );
    // The newest call first: SQLite's nested loops keep the order of the outer one.
    this.#decided = db.prepare(
      `SELECT call_id AS callId, seq, call_events.at, fact
       FROM (SELECT id FROM calls WHERE decided_via IS NOT NULL ORDER BY started_at DESC LIMIT ?) AS decided
       CROSS JOIN call_events ON call_id = decided.id
       WHERE type IN (${factsOfDecisions.map((type) => `'${type}'`).join(', ')})`,
    );
    this.#list = db.prepare(`${listed} ORDER BY started_at DESC LIMIT ?`);
    this.#listBefore = db.prepare(`${listed} WHERE started_at < ? ORDER BY started_at DESC LIMIT ?`);
  }

  /** @throws SqliteError when the call has an event of this `seq` already. */
  insertEvent(event: CallEvent): void {
    this.#insertEvent.run(event.callId, event.seq, event.at, event.fact.type, JSON.stringify(event.fact));
  }

  /** Writes what the reducer made of the call's events. */
  saveView(view: CallView): void {
    this.#saveView.run(...readers.map((read) => read(view)));
  }

  /** The calls that have not ended, the oldest first, with all their events: what a restart rebuilds them from. */
  openCallEvents(): { callId: string; events: CallEvent[] }[] {
    return byCall(this.#openEvents.iterate());
  }

  /** The newest `limit` calls about which something was decided, with the facts that decisions go by. */
  decidedCalls(limit: number): CallEvent[][] {
    return byCall(this.#decided.iterate(limit)).map(({ events }) => events);
  }

  eventsOf(callId: string): CallEvent[] {
    return this.#eventsOf.all(callId).map(fromRow);
  }

  /** Patchbay's id of the call that Twilio knows by this call SID. */
  idBySid(callSid: string): string | undefined {
    return this.#idBySid.get(callSid);
  }

  /** The calls that ended and are still without their summary: a stop came in between. */
  endedWithoutSummary(): string[] {
    return this.#unsummarised.all();
  }

  /** The voicemails that Twilio has and this computer has not, the oldest first. @param since Unix milliseconds. */
  voicemailsToKeep(since: number): VoicemailToKeep[] {
    return this.#voicemailsToKeep.all(since);
  }

  /** The newest first; `before` is the `startedAt` of the last row of the page before. */
  list(query: { limit: number; before?: number | undefined }): CallRow[] {
    return query.before === undefined
      ? this.#list.all(query.limit)
      : this.#listBefore.all(query.before, query.limit);
  }
}

/** Facts were parsed when they were made and are never changed, so they are trusted here. */
function fromRow(row: EventRow): CallEvent {
  return { callId: row.callId, seq: row.seq, at: row.at, fact: JSON.parse(row.fact) as CallFact };
}

/** Rows of one call stand together. */
function byCall(rows: Iterable<EventRow>): { callId: string; events: CallEvent[] }[] {
  const calls: { callId: string; events: CallEvent[] }[] = [];
  for (const row of rows) {
    let call = calls.at(-1);
    if (call?.callId !== row.callId) {
      call = { callId: row.callId, events: [] };
      calls.push(call);
    }
    call.events.push(fromRow(row));
  }
  return calls;
}
