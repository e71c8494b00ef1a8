import type { Statement } from 'better-sqlite3';
import { z } from 'zod';
import type {
  DialectId,
  PlatformCall,
  PlatformCallRow,
  Transfer,
} from '../../../src-preload/contract/transfers.ts';
import { type PastTransfer, wentBySchema } from '../routing/past-transfer.ts';
import type { Db } from './open-database.ts';
import type { ToldByPlatform } from './webhook-requests.ts';

interface TransferRow {
  id: number;
  at: number;
  integrationId: string;
  dialect: DialectId;
  caller: string | null;
  called: string | null;
  destination: string;
  fallbackReason: string | null;
  problem: string | null;
  /** JSON; null: its call is not awaited at a hand-over number. */
  told: string | null;
  callId: string | null;
}

/** All null: the transfer has none. */
interface PlatformCallColumns {
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

interface JoinedRow extends TransferRow, PlatformCallColumns {}

type ListedCall = PlatformCallColumns & Pick<PlatformCallRow, 'id' | 'integrationId' | 'transferId'>;

type PastRow = Omit<PastTransfer, 'wentBy'> & { wentBy: string | null };

/** A transfer that was answered with a hand-over number, and all that the platform told with it. */
export type AwaitedTransfer = Pick<
  TransferRow,
  'id' | 'at' | 'integrationId' | 'dialect' | 'caller' | 'called' | 'callId'
> & { told: ToldByPlatform };

/** Times are Unix milliseconds. */
export interface OpenQuery {
  integrationId: string;
  /** Null: of withheld ones. */
  caller: string | null;
  since: number;
  until: number;
  /** A caller's requests that lie no farther apart are of one call. */
  sameCallMs: number;
}

/** A transfer that may be the one that a platform's call belongs to. */
export type OpenTransfer = Pick<TransferRow, 'id' | 'at'>;

const transcriptSchema = z.array(z.object({ role: z.string(), content: z.string() }));
const formSchema = z.record(z.string(), z.string());
const toldSchema = z.object({
  platform: z.string(),
  fromStart: z.boolean(),
  fields: formSchema,
  reason: z.string().optional(),
  summary: z.string().optional(),
});

const platformCallColumns = `p.call_id AS platformCallId, p.workflow_id AS workflowId, p.workflow_name AS workflowName,
    p.from_number AS fromNumber, p.to_number AS toNumber, p.status, p.summary, p.transcript, p.form,
    p.created_at AS createdAt, p.received_at AS receivedAt`;

const select = `SELECT w.id, w.at, w.integration_id AS integrationId, w.dialect, w.caller, w.called, w.destination,
    w.fallback_reason AS fallbackReason, w.problem, w.told, w.call_id AS callId, ${platformCallColumns}
  FROM webhook_requests w LEFT JOIN platform_calls p ON p.transfer_id = w.id`;

/** More open transfers of one caller within a few hours are no sign of calls. */
const mostOpen = 100;

/** More calls are not awaited at one number within an hour. */
const mostAwaited = 1_000;

/** The requests of platforms that got a destination, with what the platforms told of the calls afterwards. */
export class TransferQueries {
  readonly #page: Statement<[number, number, number], JoinedRow>;
  readonly #at: Statement<[number], number>;
  readonly #open: Statement<(string | number | null)[], OpenTransfer>;
  readonly #calls: Statement<[number, number], ListedCall>;
  readonly #joined: Statement<[string, string], JoinedRow>;
  readonly #insertCall: Statement<(string | number | null)[]>;
  readonly #becameCall: Statement<[string, number]>;
  readonly #awaited: Statement<[number, string, number], TransferRow>;
  readonly #ofCall: Statement<[string], JoinedRow>;
  readonly #past: Statement<[number], PastRow>;

  constructor(db: Db) {
    this.#page = db.prepare(
      `${select} WHERE w.destination IS NOT NULL AND (w.at, w.id) < (?, ?) ORDER BY w.at DESC, w.id DESC LIMIT ?`,
    );
    this.#at = db.prepare<[number], number>('SELECT at FROM webhook_requests WHERE id = ?').pluck();
    this.#open = db.prepare(
      `SELECT id, at FROM webhook_requests w
       WHERE destination IS NOT NULL AND at BETWEEN ? AND ? AND integration_id = ? AND caller IS ?
         AND NOT EXISTS (SELECT 1 FROM platform_calls p WHERE p.transfer_id = w.id)
         AND NOT EXISTS (SELECT 1 FROM webhook_requests o JOIN platform_calls p ON p.transfer_id = o.id
           WHERE o.destination IS NOT NULL AND o.at BETWEEN w.at - ? AND w.at + ?
             AND o.integration_id = w.integration_id AND o.caller = w.caller)
       ORDER BY at DESC, id DESC LIMIT ?`,
    );
    this.#calls = db.prepare(
      `SELECT p.id, p.integration_id AS integrationId, p.transfer_id AS transferId, ${platformCallColumns}
       FROM platform_calls p WHERE p.id < ? ORDER BY p.id DESC LIMIT ?`,
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
    this.#awaited = db.prepare(
      `SELECT id, at, integration_id AS integrationId, dialect, caller, called, told, call_id AS callId
       FROM webhook_requests WHERE destination IS NOT NULL AND at >= ? AND destination = ? AND told IS NOT NULL
       ORDER BY at DESC LIMIT ?`,
    );
    this.#ofCall = db.prepare(`${select} WHERE w.call_id = ? AND w.destination IS NOT NULL`);
    this.#past = db.prepare(
      `SELECT at, integration_id AS integrationId, caller, called, destination, fallback_reason AS fallbackReason,
         went_by AS wentBy
       FROM webhook_requests WHERE destination IS NOT NULL AND told IS NULL AND call_id IS NULL
       ORDER BY at DESC, id DESC LIMIT ?`,
    );
  }

  /** The newest first; `before` is the id of the last one of the page before. */
  list({ limit, before }: { limit: number; before?: number | undefined }): Transfer[] {
    const end = Number.MAX_SAFE_INTEGER;
    const at = before === undefined ? end : this.#at.get(before);
    return at === undefined ? [] : this.#page.all(at, before ?? end, limit).map(transferOf);
  }

  /** Those whose callers were led to a destination at once, with what was gone by; the newest first. */
  past(limit: number): PastTransfer[] {
    return this.#past.all(limit).map(({ wentBy, ...transfer }) => ({
      ...transfer,
      wentBy: wentBy === null ? { fields: {}, known: false } : wentBySchema.parse(JSON.parse(wentBy)),
    }));
  }

  /**
   * Transfers that no platform's call was joined with, the newest first. What a platform asked again for the same call is
   * not open any more once that call was joined.
   */
  open({ integrationId, caller, since, until, sameCallMs }: OpenQuery): OpenTransfer[] {
    return this.#open.all(since, until, integrationId, caller, sameCallMs, sameCallMs, mostOpen);
  }

  /** What platforms told of their calls, the newest first; `before` is the id of the last one of the page before. */
  platformCalls({ limit, before }: { limit: number; before?: number | undefined }): PlatformCallRow[] {
    return this.#calls
      .all(before ?? Number.MAX_SAFE_INTEGER, limit)
      .flatMap(({ id, integrationId, transferId, ...columns }) => {
        const call = platformCallOf(columns);
        return call === null ? [] : [{ ...call, id, integrationId, transferId }];
      });
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

  /**
   * Transfers that were answered with this hand-over number from `since` (Unix milliseconds) on, the newest first; those
   * whose call has come are among them.
   */
  awaitedAt(handOverNumber: string, since: number): AwaitedTransfer[] {
    return this.#awaited
      .all(since, handOverNumber, mostAwaited)
      .map(({ told, ...transfer }) => ({ ...transfer, told: toldSchema.parse(JSON.parse(told ?? 'null')) }));
  }

  /** The transfer that became this call of Patchbay's own. */
  ofCall(callId: string): Transfer | undefined {
    const row = this.#ofCall.get(callId);
    return row && transferOf(row);
  }

  /** The transfer arrived as a call of Patchbay's own: both are told of together from now on. */
  becameCall(transferId: number, callId: string): void {
    this.#becameCall.run(callId, transferId);
  }
}

function transferOf(row: JoinedRow): Transfer {
  const { id, at, integrationId, dialect, caller, called, destination, fallbackReason, problem, callId } =
    row;
  return {
    id,
    at,
    integrationId,
    dialect,
    caller,
    called,
    destination,
    fallbackReason,
    isAwaited: row.told !== null,
    problem,
    callId,
    platformCall: platformCallOf(row),
  };
}

function platformCallOf(row: PlatformCallColumns): PlatformCall | null {
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
