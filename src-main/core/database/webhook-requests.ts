import type { Statement } from 'better-sqlite3';
import type { DialectId } from '../../../src-preload/contract/transfers.ts';
import type { WentBy } from '../routing/past-transfer.ts';
import type { Db } from './open-database.ts';

/** What a platform was answered that asked where a caller goes. Numbers are E.164; null: withheld, or not told. */
export interface RecordedTransfer {
  dialect: DialectId;
  caller: string | null;
  called: string | null;
  destination: string;
  /** `destination` is a hand-over number, and the platform’s call is awaited there: what goes with it. */
  told?: ToldByPlatform;
  /** What the decision went by; absent: a caller who is no contact, and nothing else. */
  wentBy?: WentBy | undefined;
}

/** What a platform tells with a transfer whose call is awaited. */
export interface ToldByPlatform {
  /** The platform as it writes itself. */
  platform: string;
  /** It asked as its own call began, so that its call to Patchbay comes after a conversation, or never. */
  fromStart: boolean;
  fields: Readonly<Record<string, string>>;
  reason?: string | undefined;
  summary?: string | undefined;
}

/** A request that Patchbay answered ("in") or made ("out"). */
export interface WebhookRequest {
  /** Counts up; given by the database. */
  id?: number;
  direction: 'in' | 'out';
  at: number;
  method: string;
  url: string;
  /** The HTTP status; null when there was no answer. */
  status: number | null;
  ms: number;
  /** Bodies are cut to a sensible size by whoever records them. */
  requestBody: string | null;
  answerBody: string | null;
  callId: string | null;
  integrationId: string | null;
  /** Why the static number answered in place of the dynamic way. */
  fallbackReason: string | null;
  problem: string | null;
  /** Written only, and read by TransferQueries: the request got a destination. */
  transfer?: RecordedTransfer;
}

const columns = `id, direction, at, method, url, status, ms, request_body AS requestBody, answer_body AS answerBody,
  call_id AS callId, integration_id AS integrationId, fallback_reason AS fallbackReason, problem`;

export class WebhookRequestQueries {
  readonly #insert: Statement<(string | number | null)[]>;
  readonly #list: Statement<[number], WebhookRequest & { id: number }>;
  readonly #ofCall: Statement<[string], WebhookRequest & { id: number }>;

  constructor(db: Db) {
    this.#insert = db.prepare(
      `INSERT INTO webhook_requests (direction, at, method, url, status, ms, request_body, answer_body, call_id,
         integration_id, fallback_reason, problem, dialect, caller, called, destination, told, went_by)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#list = db.prepare(`SELECT ${columns} FROM webhook_requests ORDER BY id DESC LIMIT ?`);
    this.#ofCall = db.prepare(`SELECT ${columns} FROM webhook_requests WHERE call_id = ? ORDER BY id`);
  }

  /** `id` is not read: rows are numbered as they come. */
  insert(row: WebhookRequest): void {
    const { transfer } = row;
    this.#insert.run(
      row.direction,
      row.at,
      row.method,
      row.url,
      row.status,
      row.ms,
      row.requestBody,
      row.answerBody,
      row.callId,
      row.integrationId,
      row.fallbackReason,
      row.problem,
      transfer?.dialect ?? null,
      transfer?.caller ?? null,
      transfer?.called ?? null,
      transfer?.destination ?? null,
      transfer?.told === undefined ? null : JSON.stringify(transfer.told),
      transfer?.wentBy === undefined ? null : JSON.stringify(transfer.wentBy),
    );
  }

  /** The newest first. */
  list(query: { limit: number }): WebhookRequest[] {
    return this.#list.all(query.limit);
  }

  /** The oldest first. */
  ofCall(callId: string): WebhookRequest[] {
    return this.#ofCall.all(callId);
  }
}
