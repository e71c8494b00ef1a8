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
import { once } from './once.ts';
import { installSafetyNet } from './safety-net.ts';
import { startProblem } from './start-problem.ts';

const folders = {
  preload: join(import.meta.dirname, '../preload/index.cjs'),
  rendererDir: join(import.meta.dirname, '../renderer'),
  resourcesDir: join(import.meta.dirname, '../../resources'),
};

const logger = createLogger({ level: 'info' });
const notifier = createDesktopNotifier(show);
let window: BrowserWindow | undefined;
/** Held here: a tray icon that is collected as garbage disappears. */
let tray: Tray | undefined;
let host: RunningHost | undefined;
let running: 'yes' | 'stopping' | 'stopped' = 'yes';

/** Calls are finished before the app ends, with `process.exitCode` where one is set. */
const end = once(async () => {
  running = 'stopping';
  await stopHost();
  running = 'stopped';
  tray?.destroy();
  if (process.exitCode === undefined) app.quit();
  else app.exit(Number(process.exitCode));
});

installSafetyNet(logger, end);
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
  // Calls are answered without a window, too; the tray opens it again and quits.
  app.on('window-all-closed', () => {
    if (tray === undefined && process.platform !== 'darwin') app.quit();
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
  denyPermissions();
  serveRenderer(folders.rendererDir);
  host = await startHost(options, {
    host: 'desktop',
    vault: withEnvironmentSecrets(createSafeStorageVault(options.dataDir), process.env),
    notifier,
    logger,
    resourcesDir: folders.resourcesDir,
  });
  serveApiPorts(createApi(host.apiParts), logger);
  tray = createTray(join(folders.resourcesDir, 'tray.png'), { show, quit: () => app.quit() });
  show();
}

/** A page that can't be loaded ends no call: the window goes, and can be opened again. */
async function open(): Promise<void> {
  const opened = createWindow(folders.preload);
  window = opened;
  opened.on('closed', () => {
    if (window === opened) window = undefined;
  });
  try {
    await opened.loadURL(pageUrl);
  } catch (error) {
    // Closed while it was loading.
    if (opened.isDestroyed()) return;
    logger.error('The window’s page could not be loaded.', { problem: error });
    opened.destroy();
    notifier.notify({
      title: 'Patchbay’s window could not be opened',
      body: 'Calls go on. Open it again from the tray.',
    });
  }
}

function show(): void {
  if (host === undefined || running !== 'yes') return;
  if (window === undefined) open();
  else bringToFront(window);
}

function stopFirst(event: Electron.Event): void {
  if (host === undefined || running === 'stopped') return;
  event.preventDefault();
  end();
}

async function stopHost(): Promise<void> {
  try {
    await host?.stop();
  } catch (error) {
    logger.error('The host did not stop in order.', { problem: error });
  }
}

/** The app could not start. What did start is stopped before the operator is told. */
async function fail(error: unknown): Promise<void> {
  const problem = startProblem(error);
  process.stderr.write(`patchbay: ${problem}\n`);
  await stopHost();
  dialog.showErrorBox('Patchbay could not start', problem);
  app.exit(1);
}
