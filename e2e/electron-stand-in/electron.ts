// biome-ignore-all lint/performance/noBarrelFile: a module like Electron’s has all its names in one place.
/**
 * Stands in for Electron's module where its runtime isn't there: the desktop host's own bundles run on Node, its window
 * is a page of Chromium. It has what Patchbay uses of Electron and nothing else, after Electron's documentation.
 */
export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { dialog, Menu, Notification, nativeImage, Tray } from './desktop-parts.ts';
export { ipcMain } from './ipc-main.ts';
export { MessageChannelMain } from './message-ports.ts';
export { protocol } from './protocol.ts';
export { safeStorage } from './safe-storage.ts';
export { session } from './session.ts';
