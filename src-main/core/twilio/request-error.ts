import { z } from 'zod';
import { TwilioRequestError } from '../errors.ts';
import { jsonOf } from '../json-of.ts';
import { type AskedRequest, mayHaveHappened } from './retry.ts';

/** What Twilio says when it says no; its newer APIs use the words of RFC 9457. */
const refusal = z.object({
  code: z.coerce.number().int().positive().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
});

/**
 * The error for an answer that says no.
 *
 * @param body as it came, or parsed
 * @param secret never to be repeated, whatever is in the answer
 */
export function refusalOf(
  request: AskedRequest,
  { status, body }: { status: number; body: unknown },
  secret: string,
): TwilioRequestError {
  const { code, message, detail, title } =
    refusal.safeParse(typeof body === 'string' ? jsonOf(body) : body).data ?? {};
  const said = (detail || message || title || undefined)?.replaceAll(secret, '[secret]');
  const what = code === undefined ? `Twilio answered ${status}` : `Twilio error ${code}`;
  return new TwilioRequestError(said === undefined ? what : `${what}: ${said}`, {
    kind: 'answered',
    status,
    code,
    retryable: status === 429 || status >= 500,
    detail: said,
    uncertain: mayHaveHappened(request, { kind: 'answered', status, retryAfter: null }),
  });
}
