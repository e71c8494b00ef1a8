import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../../fixtures/hosts.ts';
import { AppProcess, appEnvironment, root } from '../../fixtures/processes.ts';

/** `npm start` in a terminal without a desktop. */
function npmStart(dataDir: string, env: Record<string, string> = {}): AppProcess {
  return new AppProcess(
    spawn(process.execPath, [join(root, 'src-main/start.ts')], {
      cwd: root,
      env: appEnvironment(dataDir, { PATCHBAY_HOST: 'headless', PATCHBAY_BROWSER: 'none', ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

const addressIn = (line: string) => /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line)?.[0] ?? '';

test('says in one line where the app is, starts on the rehearsal line, and ends on SIGTERM', async ({
  dataDir,
  page,
}) => {
  const app = npmStart(dataDir);
  const uiUrl = addressIn(await app.firstLine());
  await page.goto(uiUrl);
  await expect(page.getByTestId('load-practice-desk')).toBeVisible();
  const { code, stdout } = await app.terminate();
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  await expect(fetch(uiUrl)).rejects.toThrow('fetch failed');
});

test('works with Twilio itself once there are credentials', async ({ dataDir, page }) => {
  const app = npmStart(dataDir, { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' });
  await page.goto(addressIn(await app.firstLine()));
  await expect(page.getByText('Twilio connected')).toBeVisible();
  await expect(page.getByTestId('rehearse-menu')).toHaveCount(0);
  await app.terminate();
});

test('passes on why the app does not start', async ({ dataDir }) => {
  const { code, stdout, stderr } = await npmStart(dataDir, { PATCHBAY_UI_PORT: 'none' }).ended;
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('PATCHBAY_UI_PORT');
});
