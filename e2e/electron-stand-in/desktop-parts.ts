import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { record, type TrayClick } from './facts.ts';

interface MenuItem {
  label?: string;
  type?: string;
  click?: () => void;
}

export class Menu {
  readonly items: readonly MenuItem[];

  private constructor(items: readonly MenuItem[]) {
    this.items = items;
  }

  static buildFromTemplate(items: readonly MenuItem[]): Menu {
    return new Menu(items);
  }

  static setApplicationMenu(): void {}
}

export const nativeImage = {
  /** Electron makes an empty image of a file that isn't there; here it is an error, as nobody would see it. */
  createFromPath(file: string) {
    if (!existsSync(file)) throw new Error(`there is no image ${file}`);
    return { file };
  },
};

export class Tray extends EventEmitter {
  #tooltip = '';
  #menu: Menu | undefined;

  /** Clicks an item of the menu when a spec asks for it, as an operator does. */
  readonly #clicked = ({ type, label }: Partial<TrayClick>) => {
    if (type === 'tray-click') this.#menu?.items.find((item) => item.label === label)?.click?.();
  };

  constructor(_image: unknown) {
    super();
    process.on('message', this.#clicked);
    process.channel?.unref();
  }

  setToolTip(tooltip: string): void {
    this.#tooltip = tooltip;
  }

  setContextMenu(menu: Menu): void {
    this.#menu = menu;
    const labels = menu.items.map((item) => item.label ?? item.type ?? '');
    record({ kind: 'tray', tooltip: this.#tooltip, menu: labels });
  }

  destroy(): void {
    process.off('message', this.#clicked);
    this.removeAllListeners();
  }
}

export class Notification extends EventEmitter {
  readonly #options: { title: string; body: string };

  constructor(options: { title: string; body: string }) {
    super();
    this.#options = options;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    record({ kind: 'notification', title: this.#options.title, body: this.#options.body });
    this.emit('show');
  }
}

export const dialog = {
  showErrorBox(title: string, content: string): void {
    record({ kind: 'error-box', title, content });
  },
};
