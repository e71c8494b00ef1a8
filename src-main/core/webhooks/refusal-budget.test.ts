import { expect, it } from 'vitest';
import { RefusalBudget } from './refusal-budget.ts';

it('lets a number a minute through, and as many in the next', () => {
  let now = 1_000_000;
  const budget = new RefusalBudget({ now: () => now }, 2);
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
  now += 60_000;
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
});
