import { setTimeout } from 'node:timers/promises';
import { TwilioRequestError } from '../errors.ts';
import { type ConnectionFailure, connectionFailure } from './connection-failure.ts';
import {
  type AskedRequest,
  type FailedTry,
  mayHaveHappened,
  nextTryIn,
  patienceMs,
  requestTimeoutMs,
} from './retry.ts';

/** Time and chance, which tests bring along. */
export interface Waiting {
  now(): number;
  /** From [0, 1). */
  random(): number;
  sleep(ms: number): Promise<void>;
}

export const realWaiting: Waiting = {
  now: () => Date.now(),
  random: Math.random,
  sleep: async (ms) => {
    await setTimeout(ms);
  },
};

export interface RawAnswer {
  status: number;
  /** Lower-case name in, null when there is none. */
  header(name: string): string | null;
}

/** What a try throws when something answered that can't be Twilio. */
export class NotTwilioError extends Error {
  override readonly name = 'NotTwilioError';
}

/**
 * Asks until there is an answer that counts, as often as `retry.ts` allows.
 *
 * @param tryOnce resolves with whatever status was answered, and rejects when there was no answer within `timeoutMs`.
 * @throws TwilioRequestError of the kind `unreachable`
 */
export async function persist<A extends RawAnswer>(
  request: AskedRequest,
  tryOnce: (timeoutMs: number) => Promise<A>,
  waiting: Waiting,
): Promise<A> {
  const began = waiting.now();
  for (let tries = 1; ; tries++) {
    const left = patienceMs - (waiting.now() - began);
    const ended = await attempt(tryOnce, Math.max(1_000, Math.min(requestTimeoutMs, left)));
    if (!('failed' in ended)) return ended.answer;
    const waitMs = nextTryIn(request, ended.failed, {
      tries,
      elapsedMs: waiting.now() - began,
      now: waiting.now(),
      random: waiting.random(),
    });
    if (waitMs !== null) {
      await waiting.sleep(waitMs);
      continue;
    }
    if ('answer' in ended) return ended.answer;
    throw new TwilioRequestError(`Twilio can't be reached: ${ended.reason}`, {
      kind: 'unreachable',
      retryable: true,
      detail: ended.reason,
      uncertain: mayHaveHappened(request, ended.failed),
    });
  }
}

type Ended<A> =
  | { answer: A }
  | { answer: A; failed: Extract<FailedTry, { kind: 'answered' }> }
  | ConnectionFailure;

async function attempt<A extends RawAnswer>(
  tryOnce: (timeoutMs: number) => Promise<A>,
  timeoutMs: number,
): Promise<Ended<A>> {
  try {
    const answer = await tryOnce(timeoutMs);
    const { status } = answer;
    if (status !== 429 && status < 500) return { answer };
    return { failed: { kind: 'answered', status, retryAfter: answer.header('retry-after') }, answer };
  } catch (thrown) {
    if (thrown instanceof NotTwilioError) {
      return { failed: { kind: 'untrusted' }, reason: thrown.message };
    }
    return connectionFailure(thrown);
  }
}
