import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { OriginProofs } from '../tunnel/origin-proofs.ts';
import { proofPathPattern } from './links.ts';

/** The nonce that a request's path names; undefined: it is no proof's path. */
export function nonceIn(path: string | undefined): string | undefined {
  return proofPathPattern.exec(path ?? '')?.[1];
}

/** The WebSocket half of proving the public URL: whoever brings a nonce that is pending gets its answer, and that is all. */
export class ProofSocket {
  readonly #proofs: Pick<OriginProofs, 'answer'>;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });

  constructor(proofs: Pick<OriginProofs, 'answer'>) {
    this.#proofs = proofs;
  }

  /** @returns false: not one of ours, and not touched. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const nonce = nonceIn(request.url);
    const answer = nonce === undefined ? undefined : this.#proofs.answer(nonce);
    if (answer === undefined) return false;
    socket.on('error', () => socket.destroy());
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      webSocket.send(answer, () => webSocket.close());
    });
    return true;
  }

  stop(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}
