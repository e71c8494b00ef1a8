import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LeftCallers } from './left-callers.ts';

describe('LeftCallers', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function leftCallers() {
    const ended: string[] = [];
    const answers = new Set<Promise<unknown>>();
    const settled = vi.fn(async () => {});
    const left = new LeftCallers({
      answersUnderWay: (callId) => (callId === 'call-1' ? [...answers] : []),
      settled,
      end: async (callId) => void ended.push(callId),
    });
    /** @returns the way to give the answer. */
    const answering = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const answer = promise.finally(() => answers.delete(answer));
      answers.add(answer);
      return resolve;
    };
    return { left, ended, answering, settled };
  }

  it('gives the report of the last step time to come, and ends a call once', async () => {
    const { left, ended } = leftCallers();
    left.add('call-1');
    left.add('call-1');
    await vi.advanceTimersByTimeAsync(2_900);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ended).toEqual(['call-1']);
  });

  it('waits for the answer under way and for what comes up meanwhile, and no longer', async () => {
    const { left, ended, answering, settled } = leftCallers();
    const answer = answering();
    left.add('call-1');
    left.add('call-2');
    let answerNext = () => {};
    settled.mockImplementationOnce(async () => {
      answerNext = answering();
    });
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual([]);
    answerNext();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(['call-1']);
  });
});
