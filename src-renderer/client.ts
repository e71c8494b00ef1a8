import { type ClientLink, createORPCClient, DynamicLink, ORPCError } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from '../src-preload/contract/api.ts';

/** The core, as the screen sees it. */
export type PatchbayClient = ContractRouterClient<typeof contract>;

type Link = ClientLink<Record<never, never>>;

declare global {
  interface Window {
    /** What the preload exposes on the desktop; absent in a browser. */
    patchbay?: { host: 'desktop'; requestPort(): void };
  }
}

/** The message with which the preload passes the core's MessagePort into the page. */
const PORT_MESSAGE = 'patchbay:port';
const PORT_TIMEOUT_MS = 10_000;

/**
 * Reaches the core: over a MessagePort on the desktop, over HTTP in a browser.
 * @throws when the desktop's core hands over no port within ten seconds.
 */
export async function connect(): Promise<PatchbayClient> {
  const desktop = window.patchbay;
  if (desktop === undefined) {
    // The browser sends the login cookie by itself: the page and /rpc are of one origin.
    return createORPCClient(new FetchLink({ url: `${window.location.origin}/rpc` }));
  }
  const link = desktopLink(() => desktop.requestPort());
  await link.ready();
  return createORPCClient(new DynamicLink(link.ready));
}

/** True when the core knows no such visitor: no login cookie, or one of an earlier start. */
export function isUnauthorized(thrown: unknown): boolean {
  return thrown instanceof ORPCError && thrown.status === 401;
}

/** Keeps one port open; after it has closed, the next call asks for another. */
function desktopLink(requestPort: () => void): { ready: () => Promise<Link> } {
  let open: Promise<Link> | undefined;
  const openPort = async (): Promise<Link> => {
    const port = await nextPort(requestPort);
    port.addEventListener('close', () => {
      open = undefined;
    });
    const link = new PortLink({ port });
    port.start();
    return link;
  };
  return {
    ready: () => {
      open ??= openPort().catch((thrown: unknown) => {
        open = undefined;
        throw thrown;
      });
      return open;
    },
  };
}

function nextPort(requestPort: () => void): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      window.removeEventListener('message', listen);
      clearTimeout(timer);
    };
    const listen = (message: MessageEvent) => {
      const [port] = message.ports;
      if (message.source !== window || message.data !== PORT_MESSAGE || port === undefined) return;
      stop();
      resolve(port);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('Patchbay’s core did not open a connection within 10 seconds.'));
    }, PORT_TIMEOUT_MS);
    window.addEventListener('message', listen);
    requestPort();
  });
}
