import { record } from './facts.ts';

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Chromium alone knows no schemes of an app's own. In the browser `app://patchbay/x` is therefore
 * `https://patchbay.app-scheme.invalid/x`, which never reaches a network; the app itself sees its own addresses only.
 */
const suffix = '-scheme.invalid';
const handlers = new Map<string, Handler>();
const privileged = new Set<string>();

export const protocol = {
  registerSchemesAsPrivileged(
    schemes: { scheme: string; privileges?: { standard?: boolean; secure?: boolean } }[],
  ) {
    for (const { scheme, privileges } of schemes) {
      if (privileges?.standard !== true || privileges.secure !== true) {
        throw new Error('the stand-in for Electron serves standard, secure schemes only');
      }
      privileged.add(scheme);
      record({ kind: 'scheme', scheme, privileges });
    }
  },
  handle(scheme: string, handler: Handler) {
    if (!privileged.has(scheme))
      throw new Error(`the stand-in for Electron serves no unregistered "${scheme}:"`);
    handlers.set(scheme, handler);
  },
};

export function toBrowserUrl(appUrl: string): string {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/.exec(appUrl);
  const [, scheme, host, rest] = parts ?? [];
  if (scheme === undefined || !privileged.has(scheme)) return appUrl;
  return `https://${host}.${scheme}${suffix}${rest}`;
}

export function toAppUrl(browserUrl: string): string {
  const url = URL.parse(browserUrl);
  const [, host, scheme] = /^(.*)\.([a-z][a-z0-9+-]*)-scheme\.invalid$/.exec(url?.hostname ?? '') ?? [];
  if (url === null || scheme === undefined || !privileged.has(scheme)) return browserUrl;
  return `${scheme}://${host}${url.pathname}${url.search}${url.hash}`;
}

/** What the app's own protocol answers to a request of the browser; undefined for any other address. */
export async function answerOwnScheme(request: {
  url: string;
  method: string;
  headers: Record<string, string>;
}): Promise<Response | undefined> {
  const appUrl = toAppUrl(request.url);
  const handler = handlers.get(appUrl.split(':', 1)[0] ?? '');
  if (handler === undefined) return undefined;
  return handler(new Request(appUrl, { method: request.method, headers: request.headers }));
}
