import type { DialResult } from '../../../src-preload/contract/calls.ts';
import type { Recorder } from '../calls/recorder.ts';
import type { RouteMemoryQueries, UnreachedDestination } from '../database/route-memory.ts';
import { assertNever, messageOf } from '../errors.ts';
import type { Logger, Notifier } from '../ports.ts';
import type { RouteState } from './groups.ts';

/** How often in a row a destination is not reached before it rests. */
const failuresBeforeRest = 2;

const restMs = 10 * 60 * 1000;

export interface RouteMemoryDeps {
  queries: RouteMemoryQueries;
  recorder: Pick<Recorder, 'write'>;
  notifier: Notifier;
  /** Whether calls to this number come to Patchbay. */
  isAttached: (number: string) => boolean;
  logger: Logger;
}

/**
 * What decisions remember of each other: whose turn it is in a group, and who rests. Kept in memory for the decisions,
 * and on disk for the next start; what is written here is on disk before whatever the caller records next.
 */
export class RouteMemory implements RouteState {
  readonly #deps: RouteMemoryDeps;
  readonly #turns: Map<string, string>;
  readonly #unreached: Map<string, UnreachedDestination>;

  /** @throws what the database throws. */
  constructor(deps: RouteMemoryDeps) {
    this.#deps = deps;
    this.#turns = new Map(deps.queries.turns().map(({ groupId, member }) => [groupId, member]));
    this.#unreached = new Map(deps.queries.unreached().map((entry) => [entry.number, entry]));
  }

  lastTaken(groupId: string): string | undefined {
    return this.#turns.get(groupId);
  }

  restsUntil(destination: string): number {
    return this.#unreached.get(destination)?.restsUntil ?? 0;
  }

  isAttached(number: string): boolean {
    return this.#deps.isAttached(number);
  }

  /** The next decision about this group goes on after `member`. @param now Unix milliseconds */
  take(groupId: string, member: string, now: number): void {
    this.#turns.set(groupId, member);
    this.#write(() => this.#deps.queries.setTurn(groupId, member, now));
  }

  /**
   * A dial of a destination has ended. Two failures in a row let it rest for ten minutes, and the operator is told; an
   * answer makes up for all, and a busy line or a caller who left says nothing. @param now Unix milliseconds
   */
  heardOf(destination: string, result: DialResult, now: number): void {
    switch (result) {
      case 'busy':
      case 'canceled':
        return;
      case 'answered':
        if (this.#unreached.delete(destination)) {
          this.#write(() => this.#deps.queries.setReached(destination));
        }
        return;
      case 'failed':
      case 'no-answer':
        this.#failed(destination, now);
        return;
      default:
        assertNever(result);
    }
  }

  #failed(number: string, now: number): void {
    const before = this.#unreached.get(number);
    // A phone that was still ringing when the rest began: it is counted already.
    if (before !== undefined && before.restsUntil > now) return;
    const failures = (before?.failures ?? 0) + 1;
    const rests = failures >= failuresBeforeRest;
    const entry = rests
      ? { number, failures: 0, restsUntil: now + restMs }
      : { number, failures, restsUntil: 0 };
    this.#unreached.set(number, entry);
    this.#write(() => this.#deps.queries.setUnreached(entry));
    if (!rests) return;
    this.#deps.notifier.notify({
      title: `${number} was not reached twice in a row`,
      body: 'It is not rung for ten minutes; the others of its group or the static number are.',
    });
  }

  #write(work: () => void): void {
    this.#deps.recorder.write(work).catch((thrown: unknown) => {
      this.#deps.logger.error('What decisions remember could not be recorded', {
        problem: messageOf(thrown),
      });
    });
  }
}
