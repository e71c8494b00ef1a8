import type { IncomingMessage } from 'node:http';
import type { RestRequest } from './route.ts';

/** Twilio takes files of 25 MB; nothing that Patchbay sends comes near this. */
const maxBodyBytes = 8 * 1024 * 1024;

/** A request as far as it can be held against Twilio's documents. */
export type CheckedRequest = Pick<
  RestRequest,
  'method' | 'subdomain' | 'path' | 'query' | 'form' | 'headers' | 'raw'
>;

/**
 * Takes a request apart: `/<subdomain>/<path>`, its query and its form.
 * @returns nothing for an address that is none, and for a body that is too large.
 */
export async function readRequest(incoming: IncomingMessage): Promise<CheckedRequest | undefined> {
  const raw = await readBody(incoming);
  if (raw === undefined || !URL.canParse(incoming.url ?? '/', 'http://localhost')) return undefined;
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const [, subdomain = '', path = '/'] = /^\/([^/]*)(\/.*)?$/.exec(url.pathname) ?? [];
  const isForm = (incoming.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return {
    method: incoming.method ?? 'GET',
    subdomain,
    path,
    query: url.searchParams,
    form: new URLSearchParams(isForm ? raw.toString('utf8') : ''),
    headers: incoming.headers,
    raw,
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
