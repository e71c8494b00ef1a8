import type { OriginProof } from '../../../src-preload/contract/tunnel.ts';
import type { Clock } from '../ports.ts';

/** Under this path the webhook listener answers nonces that Patchbay itself has just made. */
export const proofPathPattern = /^\/proof\/([A-Za-z0-9_-]{43})$/;

/**
 * Proves that a public URL leads to this very process: a nonce is fetched through it, and comes back over a WebSocket
 * through it. A nonce lives for the moment of its proof and is worth nothing to anybody else.
 */
export class OriginProofs {
  constructor(_deps: { clock: Clock }) {}

  /** Never rejects: what failed is in `says`. */
  prove(_origin: string): Promise<OriginProof> {
    throw new Error('not built');
  }

  /** The answer to a nonce that came in over HTTP or a WebSocket; undefined: not one of ours. */
  answer(_nonce: string): string | undefined {
    return undefined;
  }
}
