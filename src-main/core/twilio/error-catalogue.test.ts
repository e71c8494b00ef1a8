import { describe, expect, it } from 'vitest';
import { ProblemError, TwilioRequestError, VaultError } from '../errors.ts';
import { callErrorWords } from './call-error-words.ts';
import { asProblem, errorWords, explainCode, problemOf } from './error-catalogue.ts';
import { requestErrorWords } from './request-error-words.ts';

/** What an operator meets sooner or later. */
const expected = [
  10001, 20005, 10004, 11200, 11205, 11210, 11220, 11235, 11236, 11237, 12100, 12200, 12300, 13214, 21210,
  13223, 13224, 21211, 13225, 21216, 13227, 21215, 20003, 20008, 20404, 20429, 21219, 21264, 21608, 21220,
  64101, 64106, 64102, 64103, 64104, 64108, 64105, 64107, 64109, 64110, 21610, 60601, 82002,
];

/** A remedy begins with something to do, or says that there is nothing to do. */
const action =
  /\b(?:accept|add|allow|apply|ask|attach|bring|call|check|choose|compare|connect|copy|enter|get|give|go on|let|look|nothing|publish|read|register|renew|respect|see|send|set|shorten|switch|try|update|upgrade|use|verify|wait|word|write)\b/i;

describe('the catalogue', () => {
  it.each(expected)('has %i', (code) => {
    expect(errorWords.has(code)).toBe(true);
  });

  it.each([...errorWords].map(([code]) => code))('has usable words for %i', (code) => {
    const problem = explainCode(code);
    expect(problem).toMatchObject({ code, status: null });
    expect(problem.says).toMatch(/^[A-Z][^!?]{10,}\.$/);
    // One sentence: no full stop before the last one.
    expect(problem.says).not.toMatch(/[.] [A-Z]/);
    expect(problem.remedy).toMatch(/\.$/);
    expect(problem.remedy.split(/[.:;,] /)[0]).toMatch(action);
    expect(problem.link).toMatch(/^https:\/\/(?:www|console)\.twilio\.com\//);
    expect(`${problem.says}${problem.remedy}`).not.toContain("'");
  });

  it('has no code twice', () => {
    const both = Object.keys(requestErrorWords).filter((code) => code in callErrorWords);
    expect(both).toEqual([]);
  });

  it('tells Twilio’s own words for a code that it does not have', () => {
    expect(explainCode(99_999, 'The moon is full.')).toEqual({
      code: 99_999,
      status: null,
      says: 'Twilio reported error 99999, saying “The moon is full”.',
      remedy: 'Read behind the link what Twilio says about it, and what mends it.',
      link: 'https://www.twilio.com/docs/api/errors/99999',
    });
    expect(explainCode(99_999).says).toBe('Twilio reported error 99999.');
    expect(explainCode(null, '').says).toBe('Twilio reported a problem.');
  });
});

const answered = (status: number, code?: number, detail?: string, uncertain = false) =>
  new TwilioRequestError('x', { status, code, detail, uncertain, retryable: false });

describe('asProblem', () => {
  it('leaves a problem as it is', () => {
    const problem = { code: 1, status: 2, says: 'a', remedy: 'b', link: null };
    expect(asProblem(new ProblemError(problem))).toBe(problem);
  });

  it('explains a refusal with a code', () => {
    expect(asProblem(answered(401, 20003, 'Authenticate'))).toMatchObject({
      code: 20003,
      status: 401,
      says: 'Twilio does not accept the Account SID and auth token.',
    });
  });

  it.each([
    [400, 'Twilio refused this, saying “Invalid page size”.'],
    [401, 'Twilio does not let the account do this, saying “Invalid page size”.'],
    [403, 'Twilio does not let the account do this, saying “Invalid page size”.'],
    [404, 'Twilio does not have what was asked for, saying “Invalid page size”.'],
    [429, 'Twilio got too many requests from the account at once, saying “Invalid page size”.'],
    [500, 'Something broke at Twilio, saying “Invalid page size”.'],
    [503, 'Something broke at Twilio, saying “Invalid page size”.'],
  ])('explains an unknown code by the status %i', (status, says) => {
    expect(asProblem(answered(status, 98_765, 'Invalid page size'))).toMatchObject({
      code: 98_765,
      status,
      says,
      link: 'https://www.twilio.com/docs/api/errors/98765',
    });
  });

  it('explains a refusal without a code or a word', () => {
    expect(asProblem(answered(400))).toMatchObject({ code: null, says: 'Twilio refused this.' });
  });

  it('says so when a call or a text may have gone out all the same', () => {
    expect(asProblem(answered(500, undefined, undefined, true))?.remedy).toContain(
      'look before you try again',
    );
    const lost = new TwilioRequestError('x', {
      retryable: true,
      detail: 'the connection broke',
      uncertain: true,
    });
    expect(asProblem(lost)?.remedy).toContain('look before you try again');
  });

  it('says that Twilio can’t be reached', () => {
    const gone = new TwilioRequestError('x', {
      retryable: true,
      detail: 'its name was not found on the internet',
    });
    expect(asProblem(gone)).toMatchObject({
      code: null,
      status: null,
      says: 'Twilio can’t be reached: its name was not found on the internet.',
    });
    expect(asProblem(new TwilioRequestError('x', { retryable: true }))?.says).toBe(
      'Twilio can’t be reached.',
    );
  });

  it('says that no account is connected, or that it is none', () => {
    const of = (kind: 'no-account' | 'not-an-account') =>
      asProblem(new TwilioRequestError('x', { kind, retryable: false }))?.says;
    expect(of('no-account')).toBe('No Twilio account is connected.');
    expect(of('not-an-account')).toBe('These are not the credentials of a Twilio account.');
  });

  it('tells what a vault needs', () => {
    expect(asProblem(new VaultError("The file can't be read. Remove it"))).toMatchObject({
      remedy: 'The file can’t be read. Remove it.',
    });
  });

  it('leaves a fault of ours to the log', () => {
    expect(asProblem(new Error('secret detail'))).toBeNull();
    expect(asProblem('text')).toBeNull();
  });
});

describe('problemOf', () => {
  it('has words for anything, and repeats nothing of a fault of ours', () => {
    expect(problemOf(answered(404, 20404)).code).toBe(20404);
    const problem = problemOf(new Error('secret detail'));
    expect(problem.says).toBe('Something went wrong inside Patchbay.');
    expect(JSON.stringify(problem)).not.toContain('secret detail');
  });
});
