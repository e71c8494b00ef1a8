import { describe, expect, it } from 'vitest';
import { persist, type RawAnswer } from './persist.ts';
import { instantWaiting } from './test-twilio-server.ts';

const answer = (status: number): RawAnswer => ({ status, header: () => null });
const timedOut = () => Object.assign(new Error('timeout'), { code: 'ECONNABORTED' });

describe('persist', () => {
  it('gives up on a read that is never answered within its patience', async () => {
    const waiting = instantWaiting();
    const began = waiting.now();
    const timeouts: number[] = [];
    const tried = persist(
      { method: 'get', path: '/v1/Services' },
      async (timeoutMs) => {
        timeouts.push(timeoutMs);
        await waiting.sleep(timeoutMs);
        throw timedOut();
      },
      waiting,
    );
    await expect(tried).rejects.toMatchObject({
      kind: 'unreachable',
      retryable: true,
      detail: 'it did not answer in time',
      uncertain: false,
    });
    expect(timeouts).toEqual([10_000, 9_775]);
    expect(waiting.now() - began).toBeLessThanOrEqual(20_000);
  });

  it('asks once for what may have been carried out', async () => {
    let tries = 0;
    const tried = persist(
      { method: 'post', path: '/2010-04-01/Accounts/AC1/Calls.json' },
      async () => {
        tries++;
        throw timedOut();
      },
      instantWaiting(),
    );
    await expect(tried).rejects.toMatchObject({ uncertain: true });
    expect(tries).toBe(1);
  });

  it('does not ask again after an answer that counts', async () => {
    const waiting = instantWaiting();
    expect((await persist({ method: 'get', path: '/' }, async () => answer(404), waiting)).status).toBe(404);
    expect(waiting.slept).toEqual([]);
  });
});
