import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { test } from '../fixtures/hosts.ts';
import { handedOver, loadPracticeDesk, placeCall } from '../fixtures/screen.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.2 A and AA, as short lines. */
async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy lets no script in.
  await page.evaluate(axeSource);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    }),
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the screens are accessible in ${colorScheme}`, async ({ app: { page } }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.getByTestId('load-practice-desk')).toBeVisible();
    expect(await violations(page)).toEqual([]);

    await loadPracticeDesk(page);
    expect(await violations(page)).toEqual([]);

    await placeCall(page, handedOver);
    await expect(page.getByTestId('screen-pop')).toBeVisible();
    expect(await violations(page)).toEqual([]);

    await page.getByTestId('rehearse-menu').click();
    await expect(page.getByTestId('place-rehearsal').first()).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
}
