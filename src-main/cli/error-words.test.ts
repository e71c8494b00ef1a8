import { createRouterClient, ORPCError, os } from '@orpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { TwilioRequestError } from '../core/errors.ts';
import { UsageError } from './command.ts';
import { errorInWords } from './error-words.ts';

const problem = {
  code: 20_003,
  status: 401,
  says: 'It says.',
  remedy: 'Mend it.',
  link: 'https://a.example',
};

it('says a problem with its remedy and link', () => {
  expect(errorInWords(new ORPCError('PROBLEM', { data: problem }))).toBe(
    'It says.\n  Mend it.\n  https://a.example',
  );
  expect(errorInWords(new ORPCError('PROBLEM', { data: { ...problem, link: null } }))).toBe(
    'It says.\n  Mend it.',
  );
});

it('says which part of the input the API does not take', async () => {
  const api = { ring: os.input(z.object({ seconds: z.number().max(60) })).handler(() => 1) };
  const refused = await createRouterClient(api)
    .ring({ seconds: 61 })
    .catch((thrown: unknown) => thrown);
  expect(errorInWords(refused)).toMatch(/^seconds: .*60/);
});

it('says what was typed wrong as it is, and masks numbers elsewhere', () => {
  expect(errorInWords(new UsageError('+14165550100 is not a number of this account'))).toContain(
    '+14165550100',
  );
  expect(errorInWords(new TwilioRequestError('no way to +14165550100', { retryable: false }))).not.toContain(
    '+14165550100',
  );
  expect(errorInWords(new ORPCError('NOT_FOUND'))).toBe('Not Found');
});
