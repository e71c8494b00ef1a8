import { expect } from '@playwright/test';
import { test } from '../../fixtures/hosts.ts';

test('has no Node, and of Patchbay exactly the bridge', async ({ app: { page } }) => {
  const found = await page.evaluate(() => ({
    node: ['require', 'process', 'module', 'Buffer', '__dirname'].filter((name) => name in globalThis),
    bridge: Object.entries((globalThis as unknown as { patchbay: object }).patchbay).map(
      ([key, value]) => `${key}: ${typeof value}`,
    ),
    electron: Object.keys(globalThis).filter((name) => /electron/i.test(name)),
  }));
  expect(found).toEqual({ node: [], bridge: ['host: string', 'requestPort: function'], electron: [] });
});

test('lets the page change nothing of the bridge', async ({ app: { page } }) => {
  const after = await page.evaluate(() => {
    const world = globalThis as unknown as { patchbay: { host: string; extra?: string } };
    const attempts = [
      () => Object.assign(world.patchbay, { host: 'changed' }),
      () => Object.assign(world.patchbay, { extra: 'added' }),
      () => Object.assign(world, { patchbay: { host: 'replaced' } }),
    ];
    for (const attempt of attempts) {
      try {
        attempt();
      } catch {
        // Frozen, as it should be; what counts is what is there afterwards.
      }
    }
    return { ...world.patchbay, requestPort: undefined };
  });
  expect(after).toEqual({ host: 'desktop', requestPort: undefined });
});

test('opens no other window', async ({ app: { page, context, facts } }) => {
  const pages = context.pages().length;
  expect(await page.evaluate(() => window.open('https://example.com/') === null)).toBe(true);
  await page.evaluate(() => {
    const link = document.createElement('a');
    Object.assign(link, { href: 'https://example.com/elsewhere', target: '_blank' });
    document.body.append(link);
    link.click();
  });
  await expect.poll(() => context.pages().length).toBe(pages);
  const recorded = await facts();
  if (recorded === null) return;
  const asked = () => facts().then((all) => all?.filter(({ kind }) => kind === 'window-open'));
  await expect.poll(asked).toEqual([
    { kind: 'window-open', url: 'https://example.com/', action: 'deny' },
    { kind: 'window-open', url: 'https://example.com/elsewhere', action: 'deny' },
  ]);
});

test('goes nowhere else', async ({ app: { page, facts } }) => {
  const before = page.url();
  await expect(page.getByTestId('desk-menu')).toBeVisible();
  await page.evaluate(() => {
    window.location.href = 'https://example.com/';
  });
  const recorded = await facts();
  if (recorded !== null) {
    const tried = () => facts().then((all) => all?.filter(({ kind }) => kind === 'navigation'));
    await expect.poll(tried).toEqual([{ kind: 'navigation', url: 'https://example.com/', prevented: true }]);
  }
  expect(page.url()).toBe(before);
  await expect(page.getByTestId('desk-menu')).toBeVisible();
});

test('asks for nothing that a page could ask for', async ({ app: { page } }) => {
  const states = await page.evaluate(async () => ({
    notifications: await Notification.requestPermission(),
    geolocation: (await navigator.permissions.query({ name: 'geolocation' })).state,
  }));
  expect(states).toEqual({ notifications: 'denied', geolocation: 'denied' });
});

test('is sandboxed, has a tray icon, and a second start shows the first window', async ({
  app: { facts },
  launch,
}) => {
  const shown = () => facts().then((all) => all?.filter(({ kind }) => kind === 'window-shown').length);
  const recorded = await facts();
  test.skip(recorded === null, 'real Electron keeps no record of these');
  await expect.poll(shown).toBe(1);
  expect(recorded).toContainEqual(
    expect.objectContaining({
      kind: 'window',
      webPreferences: expect.objectContaining({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
      }),
    }),
  );
  expect(recorded).toContainEqual({
    kind: 'tray',
    tooltip: 'Patchbay',
    menu: ['Open Patchbay', 'separator', 'Quit'],
  });
  await expect(launch()).rejects.toThrow(/ended with code 0/);
  await expect.poll(shown).toBe(2);
});
