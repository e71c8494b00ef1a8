import type { TunnelOpener } from './tunnel-opener.ts';

/** ngrok's own SDK, loaded when the first tunnel is opened. */
export function createNgrokTunnels(): TunnelOpener {
  return {
    open() {
      throw new Error('not built');
    },
  };
}
