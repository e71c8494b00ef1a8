import { EventEmitter } from 'node:events';

/** Where a port's messages go once it was sent into a page. */
export interface PortCarrier {
  post(portId: number, data: unknown): void;
  close(portId: number): void;
}

let lastPortId = 0;

/** https://www.electronjs.org/docs/latest/api/message-port-main; queues until `start`, like the real one. */
export class MessagePortMain extends EventEmitter {
  readonly id: number;
  #started = false;
  #closed = false;
  readonly #queue: unknown[] = [];
  #entangled: MessagePortMain | undefined;
  #carrier: PortCarrier | undefined;
  /** Sent before the other end went into a page. */
  readonly #outbox: unknown[] = [];

  constructor() {
    super();
    lastPortId += 1;
    this.id = lastPortId;
  }

  entangle(other: MessagePortMain): void {
    this.#entangled = other;
  }

  postMessage(data: unknown): void {
    if (this.#closed) return;
    requireJson(data);
    const carrier = this.#entangled?.carrier;
    if (this.#entangled === undefined) return;
    if (carrier === undefined) this.#outbox.push(data);
    else carrier.post(this.#entangled.id, data);
  }

  start(): void {
    this.#started = true;
    for (const data of this.#queue.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#entangled !== undefined) this.#entangled.carrier?.close(this.#entangled.id);
    this.emit('close');
  }

  get carrier(): PortCarrier | undefined {
    return this.#carrier;
  }

  /** This end goes into a page: what its twin posts is carried there, and what the page posts arrives at the twin. */
  moveIntoPage(carrier: PortCarrier): void {
    this.#carrier = carrier;
    for (const data of this.#entangled?.takeOutbox() ?? []) carrier.post(this.id, data);
  }

  receivedFromPage(data: unknown): void {
    this.#entangled?.receive(data);
  }

  closedInPage(): void {
    this.#entangled?.close();
  }

  takeOutbox(): unknown[] {
    return this.#outbox.splice(0);
  }

  receive(data: unknown): void {
    if (this.#closed) return;
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#queue.push(data);
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.entangle(this.port2);
    this.port2.entangle(this.port1);
  }
}

/** Structured clone carries more than JSON does; whatever would be lost on the way is refused aloud. */
export function requireJson(data: unknown): void {
  if (data === undefined || data === null || ['string', 'number', 'boolean'].includes(typeof data)) return;
  const plain = Array.isArray(data) || Object.getPrototypeOf(data) === Object.prototype;
  if (typeof data !== 'object' || !plain) {
    throw new Error(
      `the stand-in for Electron carries JSON values only, not ${Object.prototype.toString.call(data)}`,
    );
  }
  for (const value of Object.values(data)) requireJson(value);
}
