import { expect, type Page } from '@playwright/test';
import { test } from '../fixtures/hosts.ts';

/** Loads the practice desk and places the call whose script is named, from the screen. */
async function rehearse(page: Page, file: string): Promise<void> {
  await page.getByTestId('load-practice-desk').click();
  await page.getByTestId('rehearse-menu').click();
  await page.locator(`[data-testid="place-rehearsal"][data-file="${file}"]`).click();
}

test('a rehearsed call arrives live, pops up when it is handed over, and is found again after a restart', async ({
  launch,
}) => {
  const first = await launch();
  const { page } = first;
  await expect(page.getByTestId('recent-call')).toHaveCount(0);
  await rehearse(page, handedOver);

  const now = page.getByTestId('call-now');
  await expect(now).toHaveCount(1);
  const callId = await now.getAttribute('data-call-id');
  await expect(page.getByTestId('transcript')).not.toBeEmpty();

  const pop = page.getByTestId('screen-pop');
  await expect(pop).toHaveCount(1);
  await expect(pop).toHaveAttribute('data-call-id', callId ?? '');
  await expect(page.getByTestId('decision')).toBeVisible();
  await expect(page.getByTestId('call-events')).toContainText(/transfer/i);

  const recent = page.locator(`[data-testid="recent-call"][data-call-id="${callId}"]`);
  await expect(recent).toHaveCount(1, { timeout: 45_000 });
  const events = await eventsShown(page, callId);
  const transcript = await page.getByTestId('transcript').innerText();
  await first.stop();

  const second = await launch();
  const again = second.page.locator(`[data-testid="recent-call"][data-call-id="${callId}"]`);
  await again.click();
  expect(await eventsShown(second.page, callId)).toBe(events);
  expect(await second.page.getByTestId('transcript').innerText()).toBe(transcript);
});
