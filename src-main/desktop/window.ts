import { BrowserWindow, session } from 'electron';
import { isOwnPage } from './app-protocol.ts';

/** The app's window, not loaded yet: sandboxed, isolated, and unable to go anywhere but to the app's own page. */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Patchbay',
    width: 1280,
    height: 840,
    minWidth: 720,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    },
  });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  window.once('ready-to-show', () => window.show());
  return window;
}

/** The page needs no camera, microphone, position or anything else that a browser asks for. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
}

/** Brings the window to the front, out of the task bar where it is there. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
