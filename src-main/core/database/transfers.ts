import type { Statement } from 'better-sqlite3';
import { z } from 'zod';
import type { DialectId, PlatformCall, Transfer } from '../../../src-preload/contract/transfers.ts';
import type { Db } from './open-database.ts';

interface TransferRow {
  id: number;
  at: number;
  integrationId: string;
  dialect: DialectId;
  caller: string | null;
  called: string | null;
  destination: string;
  fallbackReason: string | null;
  callId: string | null;
}

interface JoinedRow extends TransferRow {
  platformCallId: string | null;
  workflowId: string | null;
  workflowName: string | null;
  fromNumber: string | null;
  toNumber: string | null;
  status: string | null;
  summary: string | null;
  transcript: string | null;
  form: string | null;
  createdAt: number | null;
  receivedAt: number | null;
}

/** A transfer that may be the one that a platform's call belongs to. */
export type OpenTransfer = Pick<TransferRow, 'id' | 'at'>;

const transcriptSchema = z.array(z.object({ role: z.string(), content: z.string() }));
const formSchema = z.record(z.string(), z.string());

const select = `SELECT w.id, w.at, w.integration_id AS integrationId, w.dialect, w.caller, w.called, w.destination,
    w.fallback_reason AS fallbackReason, w.call_id AS callId, p.call_id AS platformCallId, p.workflow_id AS workflowId,
    p.workflow_name AS workflowName, p.from_number AS fromNumber, p.to_number AS toNumber, p.status, p.summary,
    p.transcript, p.form, p.created_at AS createdAt, p.received_at AS receivedAt
  FROM webhook_requests w LEFT JOIN platform_calls p ON p.transfer_id = w.id`;

/** More open transfers of one caller within a few hours are no sign of calls. */
const mostOpen = 100;

/** The requests of platforms that got a destination, with what the platforms told of the calls afterwards. */
export class TransferQueries {
  readonly #page: Statement<[number, number, number], JoinedRow>;
  readonly #at: Statement<[number], number>;
  readonly #open: Statement<[number, number, string, string | null, number], OpenTransfer>;
  readonly #joined: Statement<[string, string], JoinedRow>;
  readonly #insertCall: Statement<(string | number | null)[]>;
  readonly #becameCall: Statement<[string, number]>;

  constructor(db: Db) {
    this.#page = db.prepare(
      `${select} WHERE w.destination IS NOT NULL AND (w.at, w.id) < (?, ?) ORDER BY w.at DESC, w.id DESC LIMIT ?`,
    );
    this.#at = db.prepare<[number], number>('SELECT at FROM webhook_requests WHERE id = ?').pluck();
    this.#open = db.prepare(
      `SELECT id, at FROM webhook_requests w
       WHERE destination IS NOT NULL AND at BETWEEN ? AND ? AND integration_id = ? AND caller IS ?
         AND NOT EXISTS (SELECT 1 FROM platform_calls p WHERE p.transfer_id = w.id)
       ORDER BY at DESC, id DESC LIMIT ?`,
    );
    this.#joined = db.prepare(
      `${select} WHERE w.id = (SELECT transfer_id FROM platform_calls WHERE integration_id = ? AND call_id = ?)`,
    );
    this.#insertCall = db.prepare(
      `INSERT INTO platform_calls (integration_id, call_id, transfer_id, workflow_id, workflow_name, from_number,
         to_number, status, summary, transcript, form, context, created_at, received_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#becameCall = db.prepare(
      'UPDATE webhook_requests SET call_id = ? WHERE id = ? AND destination IS NOT NULL',
    );
  }

  /** The newest first; `before` is the id of the last one of the page before. */
  list({ limit, before }: { limit: number; before?: number | undefined }): Transfer[] {
    const end = Number.MAX_SAFE_INTEGER;
    const at = before === undefined ? end : this.#at.get(before);
    return at === undefined ? [] : this.#page.all(at, before ?? end, limit).map(transferOf);
  }

  /** Transfers of this caller (null: of withheld ones) that no platform's call was joined with, the newest first. */
  open(query: {
    integrationId: string;
    caller: string | null;
    since: number;
    until: number;
  }): OpenTransfer[] {
    return this.#open.all(query.since, query.until, query.integrationId, query.caller, mostOpen);
  }

  /**
   * Keeps what a platform told of a call, once: a second delivery changes nothing.
   * @returns whether it was kept now.
   */
  keep(integrationId: string, call: PlatformCall & { context: string }, transferId: number | null): boolean {
    const { changes } = this.#insertCall.run(
      integrationId,
      call.callId,
      transferId,
      call.workflowId,
      call.workflowName,
      call.from,
      call.to,
      call.status,
      call.summary,
      JSON.stringify(call.transcript),
      JSON.stringify(call.form),
      call.context,
      call.createdAt,
      call.receivedAt,
    );
    return changes > 0;
  }

  /** The transfer with which a platform's call was joined. */
  ofPlatformCall(integrationId: string, callId: string): Transfer | undefined {
    const row = this.#joined.get(integrationId, callId);
    return row && transferOf(row);
  }

  /** The transfer arrived as a call of Patchbay's own: both are told of together from now on. */
  becameCall(transferId: number, callId: string): void {
    this.#becameCall.run(callId, transferId);
  }
}

function transferOf(row: JoinedRow): Transfer {
  const { id, at, integrationId, dialect, caller, called, destination, fallbackReason, callId } = row;
  return {
    id,
    at,
    integrationId,
    dialect,
    caller,
    called,
    destination,
    fallbackReason,
    callId,
    platformCall: platformCallOf(row),
  };
}

function platformCallOf(row: JoinedRow): PlatformCall | null {
  if (row.platformCallId === null) return null;
  return {
    callId: row.platformCallId,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    from: row.fromNumber,
    to: row.toNumber,
    status: row.status ?? '',
    summary: row.summary ?? '',
    transcript: transcriptSchema.parse(JSON.parse(row.transcript ?? '[]')),
    form: formSchema.parse(JSON.parse(row.form ?? '{}')),
    createdAt: row.createdAt,
    receivedAt: row.receivedAt ?? 0,
  };
}
