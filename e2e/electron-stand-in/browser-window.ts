import { EventEmitter } from 'node:events';
import type { CdpSession } from './cdp.ts';
import { chromium } from './chromium.ts';
import { PreventableEvent } from './events.ts';
import { record } from './facts.ts';
import { WebContents } from './web-contents.ts';

interface WindowOptions {
  width?: number;
  height?: number;
  show?: boolean;
  webPreferences?: {
    preload?: string;
    sandbox?: boolean;
    contextIsolation?: boolean;
    nodeIntegration?: boolean;
  };
}

/** https://www.electronjs.org/docs/latest/api/browser-window, as far as Patchbay uses it. */
export class BrowserWindow extends EventEmitter {
  static readonly events = new EventEmitter();
  static readonly #all = new Set<BrowserWindow>();

  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#all];
  }

  readonly webContents: WebContents;
  readonly #closed: Promise<void>;
  #targetId: string | undefined;
  #minimized = false;

  constructor(options: WindowOptions = {}) {
    super();
    const preferences = options.webPreferences ?? {};
    if (
      preferences.sandbox === false ||
      preferences.contextIsolation === false ||
      preferences.nodeIntegration
    ) {
      throw new Error('the stand-in for Electron runs sandboxed, isolated pages only');
    }
    record({ kind: 'window', webPreferences: preferences });
    BrowserWindow.#all.add(this);
    this.#closed = new Promise((resolve) => this.once('closed', () => resolve()));
    this.webContents = new WebContents(this.#openPage(options), preferences.preload);
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    if (options.show !== false) this.show();
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  show(): void {
    record({ kind: 'window-shown' });
  }

  focus(): void {}

  isMinimized(): boolean {
    return this.#minimized;
  }

  restore(): void {
    this.#minimized = false;
  }

  isDestroyed(): boolean {
    return !BrowserWindow.#all.has(this);
  }

  close(): void {
    const closing = new PreventableEvent();
    this.emit('close', closing);
    if (!closing.defaultPrevented) this.destroy();
  }

  /** Closes the window without asking anybody. */
  destroy(): void {
    if (this.#targetId === undefined) return;
    chromium.browser.send('Target.closeTarget', { targetId: this.#targetId }).catch(() => this.#gone());
  }

  whenClosed(): Promise<void> {
    return this.#closed;
  }

  async #openPage({ width, height }: WindowOptions): Promise<CdpSession> {
    await chromium.browser.send('Target.setDiscoverTargets', { discover: true });
    const { targetId } = await chromium.browser.send<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height,
    });
    this.#targetId = targetId;
    chromium.browser.on('Target.targetDestroyed', (destroyed: { targetId: string }) => {
      if (destroyed.targetId === targetId) this.#gone();
    });
    const { sessionId } = await chromium.browser.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    return chromium.session(sessionId);
  }

  #gone(): void {
    if (!BrowserWindow.#all.delete(this)) return;
    this.webContents.dropPorts();
    this.emit('closed');
    if (BrowserWindow.#all.size === 0) BrowserWindow.events.emit('last-window-closed');
  }
}
