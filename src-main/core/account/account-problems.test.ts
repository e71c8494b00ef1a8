import { describe, expect, it } from 'vitest';
import { ProblemError, TwilioRequestError } from '../errors.ts';
import { isPassing } from '../twilio/is-passing.ts';
import { accountError, credentialsProblem, isNotOurs, isRefused } from './account-problems.ts';

const answer = (status: number, code?: number) =>
  new TwilioRequestError('no', { status, code, retryable: false });

describe('Twilio’s answer when it is asked for the account', () => {
  it.each([
    ['wrong', answer(401, 20003), false, 'does not know this pair'],
    ['wrong, without a code', answer(401), false, 'does not know this pair'],
    ['wrong, as if there were no such account', answer(404, 20404), false, 'does not know this pair'],
    ['revoked', answer(401, 20003), true, 'rotated or revoked'],
    ['test credentials', answer(403, 20008), false, 'test credentials'],
    ['test credentials, though they worked', answer(403, 20008), true, 'test credentials'],
    ['test credentials, without a code', answer(403), false, 'test credentials'],
    ['not active', answer(403, 20005), true, 'suspended or closed'],
    ['not active, the old code', answer(401, 10001), false, 'suspended or closed'],
  ])('%s', (_what, error, workedBefore, says) => {
    const problem = credentialsProblem(error, workedBefore);
    expect(problem?.says).toContain(says);
    expect(problem).toMatchObject({ status: error.status, code: error.code ?? null });
    expect(problem?.link).toMatch(/^https:\/\/console\.twilio\.com\//);
  });

  it.each([
    ['something that is not there', answer(404, 20404), true],
    ['something that is not allowed', answer(403, 20006), true],
    ['a fault at Twilio', answer(500), false],
    ['no answer', new TwilioRequestError('away', { retryable: true }), false],
  ])('is not about the credentials: %s', (_what, error, workedBefore) => {
    expect(credentialsProblem(error, workedBefore)).toBeNull();
    // The catalogue has words for it all the same, and what happened is kept.
    expect(accountError(error, workedBefore)).toMatchObject({ name: 'ProblemError', cause: error });
  });

  it('leaves a fault of ours, and words that were found already, as they are', () => {
    const fault = new TypeError('oops');
    expect(accountError(fault, true)).toBe(fault);
    const known = new ProblemError({ code: null, status: null, says: 'a', remedy: 'b', link: null });
    expect(accountError(known, true)).toBe(known);
  });

  it.each([
    ['a token that is not taken', answer(401, 20003), true, true],
    ['the same without a code', answer(401), true, true],
    ['an account that is not there', answer(404, 20404), false, true],
    ['an account that is not active', answer(401, 10001), false, false],
    ['a fault at Twilio', answer(503), false, false],
    ['no answer', new TwilioRequestError('away', { retryable: true }), false, false],
    ['a fault of ours', new TypeError('oops'), false, false],
  ])('tells a refusal of the token from all else: %s', (_what, thrown, refused, notOurs) => {
    expect([isRefused(thrown), isNotOurs(thrown)]).toEqual([refused, notOurs]);
  });

  it('knows what passes by itself', () => {
    const away = new TwilioRequestError('away', { retryable: true });
    expect(isPassing(away)).toBe(true);
    expect(isPassing(accountError(away, true))).toBe(true);
    expect(isPassing(accountError(answer(401, 20003), true))).toBe(false);
    expect(isPassing(new Error('away'))).toBe(false);
  });
});
