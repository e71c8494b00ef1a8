import { expect, it } from 'vitest';
import { promiseState } from './promise-state.ts';

it.each([
  [{ dueAt: 100, endedAt: null }, 99, 'open'],
  [{ dueAt: 100, endedAt: null }, 100, 'open'],
  [{ dueAt: 100, endedAt: null }, 101, 'broken'],
  [{ dueAt: 100, endedAt: 100 }, 500, 'kept'],
  [{ dueAt: 100, endedAt: 101 }, 500, 'late'],
] as const)('%o at %i is %s', (promise, now, state) => {
  expect(promiseState(promise, now)).toBe(state);
});
