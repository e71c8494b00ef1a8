import type RequestClient from 'twilio/lib/base/RequestClient.js';
import type { RequestOptions } from 'twilio/lib/base/RequestClient.js';
import { jsonOf } from '../json-of.ts';
import { NotTwilioError, persist, type Waiting } from './persist.ts';
import { refusalOf } from './request-error.ts';
import { placeOf } from './twilio-urls.ts';

export interface HttpClientDeps {
  apiUrl: () => string | null;
  waiting: Waiting;
}

/**
 * What the twilio package makes its requests with: sent to the right place, with one time-out and the same retries for
 * all, and with TwilioRequestError for whatever goes wrong. It holds no credentials, so that one serves every account.
 */
export function createHttpClient(
  Base: typeof RequestClient,
  { apiUrl, waiting }: HttpClientDeps,
): RequestClient {
  class HttpClient extends Base {
    override async request<T>(options: RequestOptions<T>) {
      const request = { method: options.method, path: new URL(options.uri).pathname };
      const uri = placeOf(options.uri, apiUrl());
      let tries = 0;
      const tryOnce = async (timeout: number) => {
        tries++;
        const answer = await super.request<T>({ ...options, uri, timeout });
        if (answer.statusCode < 300 && isNoJson(answer.body)) {
          throw new NotTwilioError('what answered is not Twilio');
        }
        const headers = new Headers(textHeaders(answer.headers));
        return { status: answer.statusCode, header: (name: string) => headers.get(name), answer };
      };
      const { status, answer } = await persist(request, tryOnce, waiting);
      // An earlier try was carried out although its answer did not arrive.
      if (status === 404 && tries > 1 && options.method.toLowerCase() === 'delete') {
        return { ...answer, statusCode: 204 };
      }
      if (status >= 300) throw refusalOf(request, { status, body: answer.body }, options.password ?? '\0');
      return answer;
    }
  }
  // A connection kept open that died while the computer slept would leave in doubt whether a call was placed.
  return new HttpClient({ keepAlive: false });
}

/** The package leaves a body that it can't parse as text, like the page of a hotel's network. Empty is well: 204. */
function isNoJson(body: unknown): boolean {
  return typeof body === 'string' && body !== '' && jsonOf(body) === undefined;
}

function textHeaders(headers: unknown): [string, string][] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && /^[\x20-\x7e]*$/.test(entry[1]),
  );
}
