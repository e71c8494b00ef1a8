import { expect, it } from 'vitest';
import { wordsIn } from './told-words.ts';

it('finds the reason and the summary by their usual names, however they are written', () => {
  expect(wordsIn({ transferReason: ' A burst\n pipe ', call_summary: 'The kitchen is wet.' })).toEqual({
    reason: 'A burst pipe',
    summary: 'The kitchen is wet.',
  });
  expect(wordsIn({ transfer_reason: 'second', Reason: 'first' })).toEqual({ reason: 'first' });
});

it('makes up nothing', () => {
  expect(wordsIn({})).toEqual({});
  expect(wordsIn({ reason: ' ', reasons: 'x', department: 'billing' })).toEqual({});
});
