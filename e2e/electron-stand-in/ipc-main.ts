import { EventEmitter } from 'node:events';

/** https://www.electronjs.org/docs/latest/api/ipc-main: messages of every page arrive here under their channel. */
export const ipcMain = new EventEmitter();
