import { UnusableMediaError } from '../errors.ts';
import { NotTwilioError, persist, type Waiting } from './persist.ts';
import { refusalOf } from './request-error.ts';
import type { Media, TwilioCredentials } from './twilio-rest.ts';
import { placeOf } from './twilio-urls.ts';

/** Two minutes of speech are 2 MB at most. */
const maxBytes = 20 * 1024 * 1024;

/** Twilio may keep a file elsewhere and lead there. */
const maxRedirects = 3;

const apiHost = /^https:\/\/api(\.[a-z0-9.-]+)?\.twilio\.com\//;

/**
 * Fetches a file that the account holds at Twilio, like a recording, with Basic auth.
 *
 * @throws TwilioRequestError with status 404 while Twilio does not have it yet
 * @throws RangeError for an address that is none of Twilio's API: the credentials go nowhere else
 * @throws UnusableMediaError for what is no sound or too large
 */
export async function fetchMedia(
  url: string,
  { accountSid, authToken }: TwilioCredentials,
  { apiUrl, waiting }: { apiUrl: string | null; waiting: Waiting },
): Promise<Media> {
  const place = placeOf(url, apiUrl);
  const isStandIn = apiUrl !== null && place === url;
  if (!apiHost.test(url) && !isStandIn) throw new RangeError('the address is none of Twilio’s API');
  const own = new URL(place).origin;
  const authorization = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
  const request = { method: 'GET', path: new URL(url).pathname };

  const tryOnce = async (timeoutMs: number) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let at = new URL(place);
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const headers: Record<string, string> = at.origin === own ? { Authorization: authorization } : {};
      const response = await fetch(at, { headers, redirect: 'manual', signal });
      const location = response.status >= 300 && response.status < 400 && response.headers.get('location');
      if (!location) {
        const header = (name: string) => response.headers.get(name);
        return { status: response.status, header, body: await readUpTo(response, maxBytes) };
      }
      await response.body?.cancel();
      at = new URL(location, at);
      if (at.protocol !== 'https:' && at.origin !== own) throw new NotTwilioError('it leads to no https://');
    }
    throw new NotTwilioError('it leads in circles');
  };

  const answer = await persist(request, tryOnce, waiting);
  if (answer.status !== 200) {
    throw refusalOf(request, { status: answer.status, body: answer.body?.toString('utf8') }, authToken);
  }
  const contentType = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!contentType.startsWith('audio/')) {
    throw new UnusableMediaError(`what came is no sound but ${contentType || 'of no known kind'}`);
  }
  if (answer.body === null) {
    throw new UnusableMediaError(`it is larger than ${maxBytes / 1024 / 1024} MB`);
  }
  return { contentType, bytes: answer.body };
}

/** @returns null when there is more. */
async function readUpTo(response: Response, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
