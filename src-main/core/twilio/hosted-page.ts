import { persist, type Waiting } from './persist.ts';
import type { HostedAnswer } from './twilio-rest.ts';
import { isHosted, placeOf } from './twilio-urls.ts';

/** TwiML is 64 kB at most (error 11750); what is longer is none. */
const maxBodyChars = 100_000;

/**
 * Asks a page that the account hosts as Twilio would: a signed form POST. Any status is an answer.
 *
 * @throws TwilioRequestError when it can't be reached
 * @throws RangeError for a page elsewhere, which would learn what the account signs
 */
export async function fetchHosted(
  url: string,
  params: Readonly<Record<string, string>>,
  { authToken, apiUrl, waiting }: { authToken: string; apiUrl: string | null; waiting: Waiting },
): Promise<HostedAnswer> {
  if (!isHosted(url)) throw new RangeError('only pages in twil.io are asked');
  const { getExpectedTwilioSignature } = await import('twilio/lib/webhooks/webhooks.js');
  const signature = getExpectedTwilioSignature(authToken, url, { ...params });
  const tryOnce = async (timeoutMs: number) => {
    const response = await fetch(placeOf(url, apiUrl), {
      method: 'POST',
      headers: { 'X-Twilio-Signature': signature },
      body: new URLSearchParams(params),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: response.status,
      header: (name: string) => response.headers.get(name),
      body: (await response.text()).slice(0, maxBodyChars),
    };
  };
  // For the retries it counts as a GET: the page only answers, however often it is asked.
  const answer = await persist({ method: 'GET', path: new URL(url).pathname }, tryOnce, waiting);
  return { status: answer.status, contentType: answer.header('content-type') ?? '', body: answer.body };
}
