import { protocol } from 'electron';
import { createRendererFiles } from '../renderer-files.ts';

const scheme = 'app';
const host = 'patchbay';

/** The one page of the desktop window. */
export const pageUrl = `${scheme}://${host}/`;

/** True for an address of the app's own pages. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${scheme}:` && url.host === host;
}

/** Must run before the app is ready: gives the scheme an origin of its own, secure like https. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built renderer under the app's scheme, with the same policy as over HTTP; nothing else is answered. */
export function serveRenderer(rendererDir: string): void {
  const files = createRendererFiles(rendererDir);
  protocol.handle(scheme, async (request) => {
    if (!isOwnPage(request.url)) return new Response('Not found', { status: 404 });
    const { status, headers, body } = await files(new URL(request.url).pathname);
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), { status, headers });
  });
}
