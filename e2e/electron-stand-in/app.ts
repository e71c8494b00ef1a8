import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserWindow } from './browser-window.ts';
import { chromium } from './chromium.ts';
import { PreventableEvent } from './events.ts';
import { record } from './facts.ts';

/** https://www.electronjs.org/docs/latest/api/app, as far as Patchbay uses it. */
class App extends EventEmitter {
  readonly isPackaged = false;
  readonly name = 'patchbay';
  readonly #paths = new Map([['userData', join(tmpdir(), 'patchbay-stand-in')]]);
  #ready = false;
  #quitting = false;

  constructor() {
    super();
    // Electron is ready only after the main script has run.
    setImmediate(() => {
      this.#ready = true;
      this.emit('ready');
    });
    BrowserWindow.events.on('last-window-closed', () => {
      if (this.#quitting) return;
      // "If you do not subscribe to this event and all windows are closed, the default behavior is to quit the app."
      if (this.listenerCount('window-all-closed') === 0) this.quit();
      else this.emit('window-all-closed');
    });
  }

  isReady(): boolean {
    return this.#ready;
  }

  whenReady(): Promise<void> {
    return this.#ready ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()));
  }

  getPath(name: string): string {
    const path = this.#paths.get(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }

  setPath(name: string, path: string): void {
    mkdirSync(path, { recursive: true });
    this.#paths.set(name, path);
  }

  /** The lock lies in userData, so that apps with other data do not meet. */
  requestSingleInstanceLock(): boolean {
    const file = join(this.getPath('userData'), 'stand-in.lock');
    const holder = readHolder(file);
    if (holder !== null && isAlive(holder)) {
      process.kill(holder, 'SIGUSR2');
      return false;
    }
    writeFileSync(file, String(process.pid));
    process.on('exit', () => rmSync(file, { force: true }));
    process.on('SIGUSR2', () => {
      record({ kind: 'second-instance' });
      this.emit('second-instance', {}, [], '', undefined);
    });
    return true;
  }

  quit(): void {
    const beforeQuit = new PreventableEvent();
    this.emit('before-quit', beforeQuit);
    if (beforeQuit.defaultPrevented) return;
    this.#quitting = true;
    this.#closeAndLeave().catch(() => this.exit(1));
  }

  exit(code = 0): void {
    process.exit(code);
  }

  async #closeAndLeave(): Promise<void> {
    for (const window of BrowserWindow.getAllWindows()) {
      window.close();
      await window.whenClosed();
    }
    this.emit('will-quit', new PreventableEvent());
    this.emit('quit', {}, 0);
    chromium.close();
    process.exit(0);
  }
}

function readHolder(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}

export const app = new App();
