import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** One answer of the renderer's own files, for whatever carries it: HTTP or the desktop's protocol. */
export interface RendererAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/** Sent with everything that the UI listener or the desktop's protocol answers. */
export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

/**
 * Serves the built renderer. The files are listed once and looked up by their exact path, so that no path leads out
 * of the folder. Each answer of the page carries a fresh nonce for the style tags that Mantine makes.
 *
 * @param folder the built renderer, with index.html
 */
export function createRendererFiles(folder: string): (path: string) => Promise<RendererAnswer> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, file).split(sep).join('/')}`, file);
  }

  return async (path) => {
    const name = path === '/' ? '/index.html' : path;
    const file = files.get(name);
    if (file === undefined) {
      return {
        status: 404,
        headers: { ...securityHeaders, 'content-type': 'text/plain' },
        body: 'Not found',
      };
    }
    if (name === '/index.html') return page(await readFile(file, 'utf8'));
    return {
      status: 200,
      headers: {
        ...securityHeaders,
        'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
        // The build names what lies in assets/ after its content.
        'cache-control': name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
      },
      body: await readFile(file),
    };
  };
}

function page(html: string): RendererAnswer {
  const nonce = randomBytes(16).toString('base64');
  const meta = `<meta name="csp-nonce" content="${nonce}" />`;
  const present = /<meta\s+name="csp-nonce"[^>]*>/;
  return {
    status: 200,
    headers: {
      ...securityHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce),
      'cache-control': 'no-store',
    },
    body: present.test(html) ? html.replace(present, meta) : html.replace('<head>', `<head>${meta}`),
  };
}

/** Nothing but the app's own files, and style tags that carry the nonce. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
