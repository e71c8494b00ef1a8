import { z } from 'zod';
import { type CallEvent, callEventSchema } from '../../../src-preload/contract/calls.ts';
import type { Replay } from '../../../src-preload/contract/routing.ts';
import type { ContactQueries } from '../database/contacts.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { parseDeskFile } from '../desk/parse-desk-file.ts';
import { jsonOf } from '../json-of.ts';
import { decisionsOf } from './facts-of-call.ts';
import { decisionOfTransfer, type PastTransfer, pastTransferSchema } from './past-transfer.ts';
import { type PastDecision, replayDecisions } from './time-machine.ts';

/** A line of an exported log is none; `line` counts from 1. */
export class LogLineError extends Error {
  override readonly name = 'LogLineError';
  readonly line: number;

  constructor(line: number) {
    super(`line ${line} of the log is none that "patchbay time-machine export" writes`);
    this.line = line;
  }
}

export interface ReplayServiceDeps {
  /** The logs of the newest calls about which something was decided, as far as decisions go by them. */
  decidedCalls: (limit: number) => readonly (readonly CallEvent[])[];
  /** The newest transfers of other platforms whose callers were not led to Patchbay itself. */
  pastTransfers: (limit: number) => readonly PastTransfer[];
  contacts: Pick<ContactQueries, 'facts'>;
  isAttached: (number: string) => boolean;
}

/** Runs calls of the past against a desk file that is not in force. Changes nothing. */
export class ReplayService {
  readonly #deps: ReplayServiceDeps;

  constructor(deps: ReplayServiceDeps) {
    this.#deps = deps;
  }

  /**
   * The last calls and transfers of other platforms, or those of an exported log, against a desk file.
   * @param last how many calls, and as many transfers
   * @throws DeskFileError, LogLineError
   */
  replay({ yaml, last, log }: { yaml: string; last: number; log?: string | undefined }): Replay {
    const desk = compileDesk(parseDeskFile(yaml).desk);
    const past = log === undefined ? this.#recorded(last) : readLog(log);
    return replayDecisions(
      pastOf(past, (number) => this.#tagsToday(number)),
      desk,
      (number) => this.#deps.isAttached(number),
    );
  }

  /** What the last decisions went by, a JSON object a line, the newest call first, transfers after all calls. */
  exportLog(last: number): string {
    const { calls, transfers } = this.#recorded(last);
    return [...[...calls].flat(), ...transfers].map((line) => `${JSON.stringify(line)}\n`).join('');
  }

  #recorded(last: number): PastLog {
    return { calls: this.#deps.decidedCalls(last), transfers: this.#deps.pastTransfers(last) };
  }

  #tagsToday(number: string): readonly string[] {
    return this.#deps.contacts.facts(number).tags;
  }
}

const logLineSchema = z.union([callEventSchema, pastTransferSchema]);

interface PastLog {
  calls: Iterable<readonly CallEvent[]>;
  transfers: readonly PastTransfer[];
}

function* pastOf(
  { calls, transfers }: PastLog,
  tagsToday: (number: string) => readonly string[],
): Generator<PastDecision> {
  for (const events of calls) {
    const callId = events[0]?.callId ?? null;
    for (const made of decisionsOf(events, tagsToday)) yield { ...made, callId };
  }
  for (const transfer of transfers) yield decisionOfTransfer(transfer);
}

/** What is in an exported log. The facts of a call may stand anywhere in it, but in their order. */
function readLog(log: string): PastLog {
  const calls = new Map<string, CallEvent[]>();
  const transfers: PastTransfer[] = [];
  for (const [index, text] of log.split('\n').entries()) {
    if (text.trim() === '') continue;
    const parsed = logLineSchema.safeParse(jsonOf(text));
    if (!parsed.success) throw new LogLineError(index + 1);
    const line = parsed.data;
    if (!('callId' in line)) {
      transfers.push(line);
      continue;
    }
    const call = calls.get(line.callId);
    if (call === undefined) calls.set(line.callId, [line]);
    else call.push(line);
  }
  return { calls: calls.values(), transfers };
}
