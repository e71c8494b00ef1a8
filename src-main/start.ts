import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildWhatIsMissing } from './build.ts';
import { whenNpmIsGone } from './parent.ts';

/**
 * `npm start`: the desktop window where Electron's runtime is there or can be fetched, else the same app in the
 * browser. Takes its options from the environment, like `serve`; PATCHBAY_HOST=headless chooses the browser.
 */

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

/** Without Twilio credentials there is still a whole app to try, on the rehearsal line. */
const env: NodeJS.ProcessEnv = { PATCHBAY_REHEARSAL: 'auto', ...process.env };

/** Fetching Electron's runtime (some 110 MB) is given up after this; `npx install-electron` has all the time it wants. */
const fetchWithinMs = 120_000;

try {
  refuseArguments();
  buildWhatIsMissing();
  const electron = await findElectron();
  if (electron.executable !== null) startDesktop(electron.executable);
  else startHeadless(electron.problem);
} catch (error) {
  process.stderr.write(`patchbay: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function refuseArguments(): void {
  const [first] = process.argv.slice(2);
  if (first === undefined) return;
  throw new Error(
    `npm start takes no "${first}"; set the environment variable, or use npm run serve -- ${first}`,
  );
}

type FoundElectron = { executable: string } | { executable: null; problem: string };

async function findElectron(): Promise<FoundElectron> {
  const without = (problem: string): FoundElectron => ({ executable: null, problem });
  if (env.PATCHBAY_HOST === 'headless') return without('PATCHBAY_HOST is headless');
  if (process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    return without(
      `${installedElectron() === null ? "Electron's runtime isn't there and " : ''}there is no display`,
    );
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    return without("Electron's sandbox does not run as root");
  }
  const executable = installedElectron() ?? (await fetchElectron());
  return executable === null
    ? without("Electron's runtime isn't there and could not be fetched")
    : { executable };
}

/** Electron's package tells in path.txt where its runtime is, once that was fetched. */
function installedElectron(): string | null {
  const folder = dirname(require.resolve('electron/package.json'));
  const pathFile = join(folder, 'path.txt');
  const inDist = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : null;
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH;
  const executable = dist ? join(dist, inDist ?? 'electron') : inDist && join(folder, 'dist', inDist);
  return executable && existsSync(executable) ? executable : null;
}

async function fetchElectron(): Promise<string | null> {
  process.stderr.write("Fetching Electron's runtime …\n");
  const installer = spawn(process.execPath, [require.resolve('electron/install.js')], {
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout: fetchWithinMs,
  });
  await new Promise((resolve) => installer.once('close', resolve));
  return installedElectron();
}

function startDesktop(executable: string): void {
  followToTheEnd(spawn(executable, [root], { env, stdio: 'inherit' }));
}

/** Runs the headless host and passes on one line: where the app is. */
function startHeadless(problem: string): void {
  const child = spawn(process.execPath, [join(root, 'out/main/serve.js')], {
    env,
    // The IPC channel tells the host when this process is gone, however it ended.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  followToTheEnd(child);
  if (child.stdout === null) throw new Error('the headless host has no stdout');
  createInterface({ input: child.stdout }).once('line', (line) => {
    const { uiUrl } = JSON.parse(line) as { uiUrl: string };
    process.stdout.write(`Patchbay is in the browser, as ${problem}: ${uiUrl}\n`);
    openBrowser(uiUrl);
  });
}

/** Ends with the child, and ends the child when asked to end. */
function followToTheEnd(child: ChildProcess): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
  }
  whenNpmIsGone(() => child.kill('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`patchbay: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code) => process.exit(code ?? 1));
}

/** Only where somebody can see it: not on a server or without a terminal's owner. */
function openBrowser(url: string): void {
  if (env.CI || env.PATCHBAY_BROWSER === 'none') return;
  const [command, ...args] = browserCommand() ?? [];
  if (command === undefined) return;
  const browser = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  // No such command: the line above says where the app is.
  browser.once('error', () => {});
  browser.unref();
}

function browserCommand(): string[] | null {
  switch (process.platform) {
    case 'darwin':
      return ['open'];
    case 'win32':
      // "start" is no program but a word of cmd; this is what it does.
      return ['rundll32', 'url.dll,FileProtocolHandler'];
    default:
      return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : null;
  }
}
