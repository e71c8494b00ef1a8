import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';

type Params = Record<string, unknown>;
interface Message {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: Params;
  result?: unknown;
  error?: { message: string };
}

/** A connection to a Chromium over the Chrome DevTools Protocol, with flat sessions. */
export class Cdp {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  readonly #sessions = new Map<string, CdpSession>();
  #lastId = 0;
  /** Events that belong to the browser, not to one page. */
  readonly browser = new CdpSession(this, undefined);

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)) as Message));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium is gone'));
      this.#waiting.clear();
      this.browser.emit('disconnected');
    });
  }

  static async connect(address: string): Promise<Cdp> {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return new Cdp(socket);
  }

  session(sessionId: string): CdpSession {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const session = new CdpSession(this, sessionId);
    this.#sessions.set(sessionId, session);
    return session;
  }

  send<Result>(sessionId: string | undefined, method: string, params: Params): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject: (error) => reject(new Error(`${method}: ${error.message}`)) });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive({ id, sessionId, method, params, result, error }: Message): void {
    if (id === undefined) {
      const session = sessionId === undefined ? this.browser : this.session(sessionId);
      if (method !== undefined) session.emit(method, params ?? {});
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== undefined) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result as never);
  }
}

/** One attached page (or the browser itself); emits the protocol's events under their names. */
export class CdpSession extends EventEmitter {
  readonly #cdp: Cdp;
  readonly #id: string | undefined;

  constructor(cdp: Cdp, id: string | undefined) {
    super();
    this.#cdp = cdp;
    this.#id = id;
  }

  send<Result = unknown>(method: string, params: Params = {}): Promise<Result> {
    return this.#cdp.send<Result>(this.#id, method, params);
  }
}
