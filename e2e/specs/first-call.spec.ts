import { expect } from '@playwright/test';
import { test } from '../fixtures/hosts.ts';
import { factsShown, handedOver, loadPracticeDesk, placeCall, recentCall } from '../fixtures/screen.ts';

test('a rehearsed call arrives live, pops up when it is handed over, and is found again after a restart', async ({
  launch,
}) => {
  const first = await launch();
  const { page } = first;
  await expect(page.getByTestId('recent-call')).toHaveCount(0);
  await loadPracticeDesk(page);
  await placeCall(page, handedOver);

  const now = page.getByTestId('call-now');
  await expect(now).toHaveCount(1);
  const callId = (await now.getAttribute('data-call-id')) ?? '';
  const transcript = page.getByTestId('transcript');
  await expect(transcript.locator('[data-who="ai"]').first()).toBeVisible();
  await expect(transcript.locator('[data-who="caller"]').first()).toBeVisible();

  const pop = page.getByTestId('screen-pop');
  await expect(pop).toHaveAttribute('data-call-id', callId);
  await expect(now).toHaveCount(1);
  await expect(page.getByTestId('decision')).toContainText('Goes to');
  expect(await factsShown(page)).toContain('transfer.decided');

  await expect(recentCall(page, callId)).toBeVisible({ timeout: 40_000 });
  await expect(page.getByTestId('rehearsal-result')).toHaveAttribute('data-state', 'met');
  await expect.poll(() => factsShown(page)).toContain('summarised');
  const facts = await factsShown(page);
  const words = await transcript.textContent();
  await first.stop();

  const { page: later } = await launch();
  await recentCall(later, callId).click();
  await expect(later.getByTestId('transcript')).toHaveText(words ?? '');
  expect(await factsShown(later)).toEqual(facts);
  await expect(later.getByTestId('call-now')).toHaveCount(0);
  await expect(later.getByTestId('screen-pop')).toHaveCount(0);
});
