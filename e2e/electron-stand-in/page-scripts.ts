/**
 * The two scripts that run in the window's page before its own: one in the page's world, one in the isolated world of
 * the preload. The worlds share the DOM and nothing else, so they talk in events with a name that only they know.
 */

/** The name of the world, and of the binding that leads from it to the main process. */
export const isolatedWorld = 'Electron Isolated Context';
export const bindingName = 'electronStandIn';

/** What the isolated world tells the main process. */
export type PageMessage =
  | { type: 'ipc'; channel: string; args: unknown[] }
  | { type: 'port'; id: number; data: unknown }
  | { type: 'port-closed'; id: number }
  | { type: 'window-open'; url: string; frameName: string; features: string };

export function pageWorldScript(secret: string): string {
  return `(${pageWorld})(${JSON.stringify(secret)})`;
}

export function isolatedWorldScript(secret: string, preload: string): string {
  // The preload gets the scope of a CommonJS module, as Electron's sandbox gives it one.
  return `(${isolated})(${JSON.stringify(secret)}, ${JSON.stringify(bindingName)},
    function (require, module, exports) {${preload}\n})`;
}

type Shape = { function: number } | { object: Record<string, Shape> } | { value: unknown };

function pageWorld(secret: string): void {
  if (window !== window.top) return;
  const tell = (message: object) =>
    window.dispatchEvent(new CustomEvent(`${secret}:isolated`, { detail: JSON.stringify(message) }));
  let result: string | undefined;

  const build = (shape: Shape): unknown => {
    if ('value' in shape) return shape.value;
    if ('function' in shape) {
      return (...args: unknown[]) => {
        result = undefined;
        tell({ type: 'call', id: shape.function, args });
        const { thrown, value } = JSON.parse(result ?? '{}') as { thrown?: string; value?: unknown };
        if (thrown !== undefined) throw new Error(thrown);
        return value;
      };
    }
    return Object.freeze(
      Object.fromEntries(Object.entries(shape.object).map(([key, part]) => [key, build(part)])),
    );
  };
  window.addEventListener(`${secret}:page`, (event) => {
    const message = JSON.parse((event as CustomEvent<string>).detail) as
      | { type: 'expose'; key: string; shape: Shape }
      | { type: 'result'; result: string };
    if (message.type === 'result') result = message.result;
    else Object.defineProperty(window, message.key, { value: build(message.shape), enumerable: true });
  });

  window.open = (url = '', frameName = '', features = '') => {
    const resolved = new URL(url, document.baseURI).href;
    tell({ type: 'window-open', url: resolved, frameName, features });
    return null;
  };
}

function isolated(
  secret: string,
  binding: string,
  preload: (require: (name: string) => unknown, module: object, exports: object) => void,
): void {
  if (window !== window.top) return;
  const world = globalThis as unknown as Record<string, unknown>;
  const toMain = world[binding] as (message: string) => void;
  const send = (message: PageMessage) => toMain(JSON.stringify(message));
  const tellPage = (message: object) =>
    window.dispatchEvent(new CustomEvent(`${secret}:page`, { detail: JSON.stringify(message) }));

  const functions: Array<(...args: unknown[]) => unknown> = [];
  const shapeOf = (value: unknown): Shape => {
    if (typeof value === 'function') {
      functions.push(value as (...args: unknown[]) => unknown);
      return { function: functions.length - 1 };
    }
    if (typeof value !== 'object' || value === null) return { value };
    return { object: Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part)])) };
  };
  window.addEventListener(`${secret}:isolated`, (event) => {
    const message = JSON.parse((event as CustomEvent<string>).detail) as
      | { type: 'call'; id: number; args: unknown[] }
      | (PageMessage & { type: 'window-open' });
    if (message.type === 'window-open') {
      send(message);
      return;
    }
    let outcome: { thrown: string } | { value: unknown };
    try {
      outcome = { value: functions[message.id]?.(...message.args) };
    } catch (error) {
      outcome = { thrown: String(error) };
    }
    tellPage({ type: 'result', result: JSON.stringify(outcome) });
  });

  const listeners = new Map<string, Array<(event: object, ...args: unknown[]) => void>>();
  const electron = {
    contextBridge: {
      exposeInMainWorld(key: string, api: unknown) {
        if (key in window)
          throw new Error('Cannot bind an API on top of an existing property on the window object');
        tellPage({ type: 'expose', key, shape: shapeOf(api) });
      },
    },
    ipcRenderer: {
      send: (channel: string, ...args: unknown[]) => send({ type: 'ipc', channel, args }),
      on(channel: string, listener: (event: object, ...args: unknown[]) => void) {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      },
    },
  };

  const ports = new Map<number, MessagePort>();
  const openPort = (id: number): MessagePort => {
    const { port1: near, port2: far } = new MessageChannel();
    ports.set(id, near);
    near.onmessage = (event) => send({ type: 'port', id, data: event.data });
    near.addEventListener('close', () => {
      ports.delete(id);
      send({ type: 'port-closed', id });
    });
    return far;
  };
  world[binding] = {
    message(channel: string, args: unknown[], portIds: number[]) {
      const event = { ports: portIds.map(openPort), senderId: 0 };
      for (const listener of listeners.get(channel) ?? []) listener(event, ...args);
    },
    post: (id: number, data: unknown) => ports.get(id)?.postMessage(data),
    close(id: number) {
      ports.get(id)?.close();
      ports.delete(id);
    },
  };

  const require = (name: string) => {
    if (name !== 'electron') throw new Error(`module not found: ${name}`);
    return electron;
  };
  const module = { exports: {} };
  preload(require, module, module.exports);
}
