import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** Handed from the global set-up to the workers. */
const pathVariable = 'PATCHBAY_E2E_CHROMIUM';

const names = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'chrome',
  'chrome.exe',
];

const wellKnown = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env.PROGRAMFILES ?? '', 'Google/Chrome/Application/chrome.exe'),
  join(process.env['PROGRAMFILES(X86)'] ?? '', 'Google/Chrome/Application/chrome.exe'),
];

/** Playwright's global set-up: finds a Chrome or Chromium, else installs one. */
// biome-ignore lint/style/noDefaultExport: Playwright calls the default export of its set-up.
export default function ensureChromium(): void {
  const executable = findChromium() ?? installChromium();
  process.env[pathVariable] = executable;
  process.stdout.write(`Chromium: ${executable}\n`);
}

/** The Chromium that the set-up found. */
export function chromiumExecutable(): string {
  const executable = process.env[pathVariable];
  if (executable === undefined) throw new Error('the global set-up has found no Chromium');
  return executable;
}

function findChromium(): string | undefined {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  return [...onPath, ...wellKnown, chromium.executablePath()].find(isExecutable);
}

/** On Debian as root the system's own package, elsewhere Playwright's download. */
function installChromium(): string {
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    run('apt-get', ['update']);
    run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], {
      DEBIAN_FRONTEND: 'noninteractive',
    });
  } else {
    const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
    run(process.execPath, [playwright, 'install', 'chromium']);
  }
  const executable = findChromium();
  if (executable === undefined) throw new Error('Chromium was installed, but is not where it is expected');
  return executable;
}

function run(command: string, args: string[], env: Record<string, string> = {}): void {
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status !== 0) {
    throw new Error(
      `Chromium is missing and "${command} ${args.join(' ')}" failed (${error?.message ?? `exit code ${status}`}). Install Chrome or Chromium, then run the tests again`,
    );
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
