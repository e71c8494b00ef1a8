import { expect, it } from 'vitest';
import { once, onceResolved } from './once.ts';

it('makes once, whatever was made', () => {
  let made = 0;
  const get = once(() => {
    made += 1;
    return undefined;
  });
  expect([get(), get(), made]).toEqual([undefined, undefined, 1]);
});

it('tries again after a rejection, and keeps what resolved', async () => {
  const ends = [Promise.reject(new Error('not yet')), Promise.resolve('there')];
  let tries = 0;
  const get = onceResolved(() => ends[tries++] ?? Promise.reject(new Error('asked too often')));
  await expect(Promise.allSettled([get(), get()])).resolves.toMatchObject([
    { status: 'rejected', reason: { message: 'not yet' } },
    { status: 'rejected', reason: { message: 'not yet' } },
  ]);
  expect(await get()).toBe('there');
  expect(await get()).toBe('there');
  expect(tries).toBe(2);
});
