import { z } from 'zod';
import { type CallEvent, callEventSchema } from '../../../src-preload/contract/calls.ts';
import type { Replay } from '../../../src-preload/contract/routing.ts';
import type { Transfer } from '../../../src-preload/contract/transfers.ts';
import type { ContactQueries } from '../database/contacts.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { parseDeskFile } from '../desk/parse-desk-file.ts';
import { jsonOf } from '../json-of.ts';
import { decisionsOf } from './facts-of-call.ts';
import { freshState } from './groups.ts';
import { type PastDecision, replayDecisions } from './time-machine.ts';

/** A line of an exported log is none; `line` counts from 1. */
export class LogLineError extends Error {
  override readonly name = 'LogLineError';
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`line ${line} of the log is no fact of a call: ${problem}`);
    this.line = line;
  }
}

export interface ReplayServiceDeps {
  /** The logs of the newest calls about which something was decided, as far as decisions go by them. */
  decidedCalls: (limit: number) => readonly (readonly CallEvent[])[];
  transfers: (query: { limit: number }) => readonly Transfer[];
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
    const past =
      log === undefined
        ? [...pastOf(this.#deps.decidedCalls(last)), ...this.#transfers(last)]
        : pastOf(callsIn(log));
    return replayDecisions(past, desk, (number) => this.#deps.isAttached(number));
  }

  /** The facts by which the last decisions were made, a JSON object a line, the newest call first. */
  exportLog(last: number): string {
    return this.#deps
      .decidedCalls(last)
      .flat()
      .map((event) => `${JSON.stringify(event)}\n`)
      .join('');
  }

  /** Of these no more is on record than who called; what is known of the contact is what is known today. */
  #transfers(limit: number): PastDecision[] {
    return this.#deps.transfers({ limit }).flatMap((transfer): PastDecision[] => {
      const { at, integrationId, caller, called, destination, fallbackReason, callId } = transfer;
      // It became a call of Patchbay's own, which is replayed as such.
      if (callId !== null) return [];
      return [
        {
          callId: null,
          decision: {
            integrationId,
            destinations: [destination],
            via: fallbackReason === null ? 'rule' : 'fallback',
            why: fallbackReason ?? 'This destination was named then.',
            tookMs: 0,
          },
          facts: {
            number: caller,
            contact: caller === null ? { known: false, tags: [] } : this.#deps.contacts.facts(caller),
            fields: {},
            called,
            workflowId: null,
            now: at,
          },
          state: freshState,
        },
      ];
    });
  }
}

function* pastOf(calls: Iterable<readonly CallEvent[]>): Generator<PastDecision> {
  for (const events of calls) {
    const callId = events[0]?.callId ?? null;
    for (const made of decisionsOf(events)) yield { ...made, callId };
  }
}

/** The calls in an exported log; the facts of each stand together. */
function callsIn(log: string): CallEvent[][] {
  const calls = new Map<string, CallEvent[]>();
  for (const [index, text] of log.split('\n').entries()) {
    if (text.trim() === '') continue;
    const parsed = callEventSchema.safeParse(jsonOf(text));
    if (!parsed.success) throw new LogLineError(index + 1, z.prettifyError(parsed.error));
    const call = calls.get(parsed.data.callId);
    if (call === undefined) calls.set(parsed.data.callId, [parsed.data]);
    else call.push(parsed.data);
  }
  return [...calls.values()];
}
