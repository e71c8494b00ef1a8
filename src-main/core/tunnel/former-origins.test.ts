import { expect, it } from 'vitest';
import { originsInUse, withProven } from './former-origins.ts';

const hour = 60 * 60_000;

it('remembers an origin once, the latest first', () => {
  const known = withProven(withProven([], 'https://a.example', 1), 'https://b.example', 2);
  expect(originsInUse(known, 3)).toEqual(['https://b.example', 'https://a.example']);
  expect(originsInUse(withProven(known, 'https://a.example', 3), 3)).toEqual([
    'https://a.example',
    'https://b.example',
  ]);
});

it('forgets one when no call can be going on that knows it', () => {
  const known = withProven([], 'https://a.example', 0);
  expect(originsInUse(known, 25 * hour)).toEqual(['https://a.example']);
  expect(originsInUse(known, 27 * hour)).toEqual([]);
  expect(withProven(known, 'https://b.example', 27 * hour)).toEqual([
    { origin: 'https://b.example', provenAt: 27 * hour },
  ]);
});

it('remembers a handful, however often a free tunnel gets another address', () => {
  let known = withProven([], 'https://0.example', 0);
  for (let at = 1; at <= 20; at++) known = withProven(known, `https://${at}.example`, at);
  expect(known).toHaveLength(8);
  expect(known[0]?.origin).toBe('https://20.example');
});
