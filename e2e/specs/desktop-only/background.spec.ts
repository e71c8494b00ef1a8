import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from '@playwright/test';
import { test } from '../../fixtures/hosts.ts';

test('goes on answering calls without a window, opens it again from the tray, and quits', async ({
  launch,
}) => {
  const port = await freePort();
  const health = () => fetch(`http://127.0.0.1:${port}/health`);
  const { page, context, desktop } = await launch({ PATCHBAY_WEBHOOK_PORT: String(port) });
  if (desktop === null) throw new Error('the desktop host has no desktop');

  for (let window = page, round = 0; round < 2; round++) {
    const others = context.pages().length - 1;
    await window.close();
    await expect.poll(() => context.pages().length).toBe(others);
    // Longer than an app takes that ends with its window.
    for (let look = 0; look < 4; look++) {
      expect((await health()).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    window = await desktop.open();
    await expect(window.getByTestId('desk-menu')).toBeVisible();
    await expect(window.getByTestId('load-practice-desk')).toBeVisible();
  }

  await desktop.quit();
  await expect(health()).rejects.toThrow('fetch failed');
});

test('quits without a window', async ({ launch }) => {
  const port = await freePort();
  const { page, desktop } = await launch({ PATCHBAY_WEBHOOK_PORT: String(port) });
  await page.close();
  await desktop?.quit();
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow('fetch failed');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was bound');
  return address.port;
}
