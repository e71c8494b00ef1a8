import { expect } from '@playwright/test';
import { test } from '../fixtures/hosts.ts';

test('an injected inline script does not run', async ({ app: { page } }) => {
  await expect(page.getByTestId('desk-menu')).toBeVisible();
  const violation = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
          once: true,
        });
        const script = document.createElement('script');
        script.textContent = 'document.title = "injected"';
        document.body.append(script);
      }),
  );
  expect(violation).toMatch(/^script-src/);
  expect(await page.title()).toBe('Patchbay');
});

test('the page cannot talk to anybody else', async ({ app: { page } }) => {
  const outcome = await page.evaluate(() =>
    fetch('https://example.com/').then(
      () => 'answered',
      () => 'refused',
    ),
  );
  expect(outcome).toBe('refused');
});

test('the styles are the app’s own: nothing of them was refused', async ({ app: { page } }) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });
  await page.reload();
  await expect(page.getByTestId('desk-menu')).toBeVisible();
  expect(refused).toEqual([]);
});
