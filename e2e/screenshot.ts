import { join } from 'node:path';
import { expect } from '@playwright/test';
import ensureChromium from './ensure-chromium.ts';
import { startHeadless } from './fixtures/headless-host.ts';
import { root, temporaryFolder } from './fixtures/processes.ts';
import { loadPracticeDesk, placeCall } from './fixtures/screen.ts';

/**
 * Takes the README's picture: a caller whom the AI has just handed over, on the practice desk.
 * Writes resources/screenshot.png.
 */
ensureChromium();
await using folder = await temporaryFolder();
const app = await startHeadless(folder.path, { PATCHBAY_REHEARSAL: '1', PATCHBAY_REHEARSAL_SPEED: '4' });
try {
  const { page } = app;
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await loadPracticeDesk(page);
  // Earlier calls, the caller's own among them, so that there is a history to see.
  for (const [index, file] of ['form-filled.yaml', 'regular.yaml'].entries()) {
    await placeCall(page, file);
    await expect(page.getByTestId('recent-call')).toHaveCount(index + 1, { timeout: 120_000 });
  }
  await page.getByTestId('dismiss-pop').click();
  await placeCall(page, 'regular.yaml');
  await expect(page.getByTestId('screen-pop')).toHaveAttribute('data-phase', 'connected', {
    timeout: 60_000,
  });
  const file = join(root, 'resources/screenshot.png');
  await page.screenshot({ path: file, animations: 'disabled' });
  process.stdout.write(`${file}\n`);
} finally {
  await app.stop();
}
