import type { TunnelOpener } from '../core/tunnel/tunnel-opener.ts';

/** ngrok's part on the rehearsal line: the "public" address is the listener's own, on this machine. */
export function createRehearsalTunnels(): TunnelOpener {
  return {
    needsToken: false,
    async open({ port }) {
      return { url: `http://127.0.0.1:${port}`, close: async () => {} };
    },
  };
}
