import type { HandedOver } from '../../../src-preload/contract/calls.ts';
import type { Integration } from '../../../src-preload/contract/desk.ts';
import type { Recorder } from '../calls/recorder.ts';
import type { AwaitedTransfer, TransferQueries } from '../database/transfers.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import {
  type ArrivingCall,
  awaitedFromStartMs,
  callerOf,
  matchCall,
  type ToldTransfer,
} from './match-call.ts';

export interface AwaitedCallsDeps {
  desk: () => CompiledDesk;
  transfers: Pick<TransferQueries, 'awaitedAt' | 'becameCall'>;
  recorder: Pick<Recorder, 'write'>;
  /** Why a call to a number would not come to Patchbay now, after "because"; null: it would. */
  whyOutOfReach: (number: string) => string | null;
  clock: Clock;
  logger: Logger;
}

/** The number that a platform can be told, or why the integration's own can't be told now. */
export type HandOverNumber =
  | { kind: 'none' }
  | { kind: 'ready'; number: string }
  | { kind: 'out-of-reach'; problem: string };

/** A transfer whose call has come. */
export interface ArrivedTransfer {
  handedOver: HandedOver;
  /** The caller's own number in E.164, not the one that the platform shows; null: not known. */
  caller: string | null;
}

const none: HandOverNumber = { kind: 'none' };

/**
 * The calls of other platforms that are awaited at hand-over numbers. Nothing is decided when the platform asks: when its
 * call comes, it is told from a stranger's, and goes by the rules of that moment.
 */
export class AwaitedCalls {
  readonly #deps: AwaitedCallsDeps;
  /** Transfers whose call has come, and when: what the database has not taken yet counts too. */
  readonly #arrived = new Map<number, number>();

  constructor(deps: AwaitedCallsDeps) {
    this.#deps = deps;
  }

  /** What a platform can be answered for this integration now: nobody is sent to a number that leads nowhere. */
  numberFor({ handOverNumber }: Integration): HandOverNumber {
    if (handOverNumber === undefined) return none;
    const why = this.#whyUnusable(handOverNumber);
    if (why === null) return { kind: 'ready', number: handOverNumber };
    return {
      kind: 'out-of-reach',
      problem: `The hand-over number ${handOverNumber} could not be answered, because ${why}.`,
    };
  }

  /**
   * The transfer to which the call `callId` belongs that has come to `to`, if it can be told without a guess. From then on it
   * belongs to no other. Synchronous, so that of two calls one is first.
   * @returns null for an ordinary call, and when the database can't be read: the AI answers then.
   */
  arrived({ to, ...call }: ArrivingCall & { to: string }, callId: string): ArrivedTransfer | null {
    const { transfers, clock, logger } = this.#deps;
    const now = clock.now();
    try {
      const told = transfers
        .awaitedAt(to, now - awaitedFromStartMs)
        .flatMap((transfer) => this.#asTold(transfer));
      const match = matchCall(
        call,
        told.map(({ asTold }) => asTold),
        now,
      );
      const found = told.find(({ transfer }) => transfer.id === match?.transferId);
      if (match === null || found === undefined) return null;
      this.#take(match.transferId, callId, now);
      return arrivedOf(found, match.matchedBy);
    } catch (thrown) {
      logger.error('Awaited calls could not be looked up', { callId, problem: messageOf(thrown) });
      return null;
    }
  }

  /** Plain sentences about hand-over numbers that can't be answered now. */
  warnings(): string[] {
    return this.#deps.desk().desk.integrations.flatMap(({ name, handOverNumber }) => {
      const why = handOverNumber === undefined ? null : this.#whyUnusable(handOverNumber);
      if (handOverNumber === undefined || why === null) return [];
      return [
        `Platforms that ask for “${name}” are not answered with its hand-over number ${handOverNumber}, because ${why}: they get a destination at once, without screening and ring plan.`,
      ];
    });
  }

  #whyUnusable(number: string): string | null {
    // Checked when the desk was put in force; an older desk may have been kept without the check.
    if (!this.#deps.desk().workflowByNumber.has(number)) return 'no workflow has this number';
    return this.#deps.whyOutOfReach(number);
  }

  /** An integration that has left the desk since awaits nothing. */
  #asTold(transfer: AwaitedTransfer): Candidate[] {
    const integration = this.#deps.desk().integrationById.get(transfer.integrationId)?.integration;
    if (integration === undefined) return [];
    const { id, at, integrationId, caller, called, told, callId } = transfer;
    const platformNumbers = [integration.platformNumber, called].filter(
      (number) => typeof number === 'string',
    );
    const asTold: ToldTransfer = {
      id,
      at,
      integrationId,
      caller,
      platformNumbers,
      fromStart: told.fromStart,
      hasCall: callId !== null || this.#arrived.has(id),
    };
    return [{ transfer, asTold }];
  }

  /** Written in the same group commit as the first facts of the call. */
  #take(transferId: number, callId: string, now: number): void {
    const { transfers, recorder, logger } = this.#deps;
    for (const [id, at] of this.#arrived) if (now - at > awaitedFromStartMs) this.#arrived.delete(id);
    this.#arrived.set(transferId, now);
    recorder
      .write(() => transfers.becameCall(transferId, callId))
      .catch((thrown: unknown) => {
        logger.error('A call could not be joined with its transfer', { callId, problem: messageOf(thrown) });
      });
  }
}

interface Candidate {
  transfer: AwaitedTransfer;
  asTold: ToldTransfer;
}

function arrivedOf({ transfer, asTold }: Candidate, matchedBy: HandedOver['matchedBy']): ArrivedTransfer {
  const { id, integrationId, dialect, told } = transfer;
  const { platform, fields, reason, summary } = told;
  return {
    caller: callerOf(asTold),
    handedOver: {
      transferId: id,
      integrationId,
      dialect,
      platform,
      matchedBy,
      called: transfer.called ?? asTold.platformNumbers[0] ?? null,
      fields,
      ...(reason && { reason }),
      ...(summary && { summary }),
    },
  };
}
