import { expect } from '@playwright/test';
import { test } from '../../fixtures/hosts.ts';

test('asks for the token', async ({ app: { uiUrl }, request }) => {
  const { origin } = new URL(uiUrl ?? '');
  for (const path of ['/', '/?token=wrong', '/rpc/calls/list', '/assets/anything.js']) {
    expect((await request.get(`${origin}${path}`)).status(), path).toBe(401);
  }
});

test('answers neither a rebound name nor another page', async ({ app: { uiUrl, context } }) => {
  const { origin } = new URL(uiUrl ?? '');
  const from = (headers: Record<string, string>) => context.request.get(`${origin}/`, { headers });
  expect((await from({})).status()).toBe(200);
  expect((await from({ Host: 'rebound.example.com' })).status()).toBe(403);
  expect((await from({ Origin: 'https://example.com' })).status()).toBe(403);
  expect((await from({ Origin: 'null' })).status()).toBe(403);
});

test('keeps the token out of the address and away from scripts', async ({ app: { page } }) => {
  expect(new URL(page.url()).search).toBe('');
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

test('does not take the token of an earlier start', async ({ launch, request }) => {
  const first = await launch();
  const token = new URL(first.uiUrl ?? '').search;
  await first.stop();
  const second = await launch();
  expect((await request.get(`${new URL(second.uiUrl ?? '').origin}/${token}`)).status()).toBe(401);
});
