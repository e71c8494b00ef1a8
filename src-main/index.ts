import { join } from 'node:path';
import { app, type BrowserWindow, dialog, type Tray } from 'electron';
import { createApi } from './api/create-api.ts';
import { createLogger } from './core/logging/logger.ts';
import { serveApiPorts } from './desktop/api-port.ts';
import { pageUrl, registerAppScheme, serveRenderer } from './desktop/app-protocol.ts';
import { createDesktopNotifier } from './desktop/notifications.ts';
import { createSafeStorageVault } from './desktop/safe-storage-vault.ts';
import { createTray } from './desktop/tray.ts';
import { bringToFront, createWindow, denyPermissions } from './desktop/window.ts';
import { withEnvironmentSecrets } from './environment-secrets.ts';
import { type RunningHost, startHost } from './host.ts';
import { type HostOptions, readHostOptions } from './host-options.ts';
import { startProblem } from './start-problem.ts';

const folders = {
  preload: join(import.meta.dirname, '../preload/index.cjs'),
  rendererDir: join(import.meta.dirname, '../renderer'),
  resourcesDir: join(import.meta.dirname, '../../resources'),
};

let window: BrowserWindow | undefined;
/** Held here: a tray icon that is collected as garbage disappears. */
let tray: Tray | undefined;
let host: RunningHost | undefined;
let stopped = false;

registerAppScheme();
try {
  const options = readHostOptions([], { PATCHBAY_REHEARSAL: 'auto', ...process.env });
  // Chromium's own files beside Patchbay's; the lock that makes a second start show the first window lives there too.
  app.setPath('userData', join(options.dataDir, 'electron'));
  if (app.requestSingleInstanceLock()) run(options);
  else app.quit();
} catch (error) {
  fail(error);
}

function run(options: HostOptions): void {
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', stopFirst);
  process.on('SIGTERM', () => app.quit());
  process.on('SIGINT', () => app.quit());
  app
    .whenReady()
    .then(() => start(options))
    .catch(fail);
}

async function start(options: HostOptions): Promise<void> {
  const logger = createLogger({ level: 'info' });
  denyPermissions();
  serveRenderer(folders.rendererDir);
  host = await startHost(options, {
    host: 'desktop',
    vault: withEnvironmentSecrets(createSafeStorageVault(options.dataDir), process.env),
    notifier: createDesktopNotifier(show),
    logger,
    resourcesDir: folders.resourcesDir,
  });
  serveApiPorts(createApi(host.apiParts), logger);
  tray = createTray(join(folders.resourcesDir, 'tray.png'), { show, quit: () => app.quit() });
  await open();
}

async function open(): Promise<void> {
  window = createWindow(folders.preload);
  window.on('closed', () => {
    window = undefined;
  });
  await window.loadURL(pageUrl);
}

function show(): void {
  if (window !== undefined) bringToFront(window);
  else if (host !== undefined) open().catch(fail);
}

/** Calls are finished before the app ends. */
function stopFirst(event: Electron.Event): void {
  if (host === undefined || stopped) return;
  event.preventDefault();
  host
    .stop()
    .catch(() => {})
    .then(() => {
      stopped = true;
      tray?.destroy();
      app.quit();
    });
}

function fail(error: unknown): void {
  const problem = startProblem(error);
  process.stderr.write(`patchbay: ${problem}\n`);
  dialog.showErrorBox('Patchbay could not start', problem);
  app.exit(1);
}
