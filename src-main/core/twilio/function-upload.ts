import { z } from 'zod';
import { TwilioRequestError } from '../errors.ts';
import { jsonOf } from '../json-of.ts';
import { persist, type Waiting } from './persist.ts';
import { refusalOf } from './request-error.ts';
import type { FunctionUpload, TwilioCredentials } from './twilio-rest.ts';
import { placeOf } from './twilio-urls.ts';

const version = z.object({ sid: z.string() });

/**
 * Uploads a Function's content; it takes a host of its own and multipart, which the package does not do
 * (https://www.twilio.com/docs/serverless/api/resource/function-version).
 *
 * @throws TwilioRequestError
 */
export async function uploadFunction(
  { serviceSid, functionSid, path, visibility, content }: FunctionUpload,
  { accountSid, authToken }: TwilioCredentials,
  { apiUrl, waiting }: { apiUrl: string | null; waiting: Waiting },
): Promise<{ sid: string }> {
  const request = { method: 'POST', path: `/v1/Services/${serviceSid}/Functions/${functionSid}/Versions` };
  const url = placeOf(`https://serverless-upload.twilio.com${request.path}`, apiUrl);
  const tryOnce = async (timeoutMs: number) => {
    const form = new FormData();
    form.set('Path', path);
    form.set('Visibility', visibility);
    form.set('Content', new Blob([content], { type: 'application/javascript' }), 'function.js');
    const response = await fetch(url, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`, Accept: 'application/json' },
      body: form,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: response.status,
      header: (name: string) => response.headers.get(name),
      body: await response.text(),
    };
  };
  const answer = await persist(request, tryOnce, waiting);
  if (answer.status < 200 || answer.status >= 300) throw refusalOf(request, answer, authToken);
  const made = version.safeParse(jsonOf(answer.body));
  if (made.success) return { sid: made.data.sid };
  const reason = 'what answered is not Twilio';
  throw new TwilioRequestError(`Twilio can't be reached: ${reason}`, {
    kind: 'unreachable',
    retryable: true,
    detail: reason,
    uncertain: true,
  });
}
