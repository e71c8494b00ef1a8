import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = ['src-main', 'src-preload', 'src-renderer', 'electron.vite.config.ts', 'package-lock.json'];
const built = [
  'out/main/index.js',
  'out/main/serve.js',
  'out/main/rehearse.js',
  'out/main/patchbay.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
];

/**
 * Builds the app when a part is missing or older than its sources. What the build says goes to stderr: stdout belongs
 * to whoever calls.
 *
 * @throws when the build fails
 */
export function buildWhatIsMissing(): void {
  if (isUpToDate()) return;
  process.stderr.write('Building Patchbay …\n');
  const require = createRequire(import.meta.url);
  const command = join(dirname(require.resolve('electron-vite/package.json')), 'bin/electron-vite.js');
  const { status } = spawnSync(process.execPath, [command, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the build failed; what it said stands above');
}

function isUpToDate(): boolean {
  const parts = built.map((file) => join(root, file));
  if (!parts.every((file) => existsSync(file))) return false;
  const oldest = Math.min(...parts.map((file) => statSync(file).mtimeMs));
  return sources.every((source) => newestChange(join(root, source)) <= oldest);
}

/** A folder counts with its own date too: it changes when something in it is removed. */
function newestChange(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((entry) => newestChange(join(path, entry))));
}

if (import.meta.main) buildWhatIsMissing();
