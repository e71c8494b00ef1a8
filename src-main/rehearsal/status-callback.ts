import type { Endpoint } from './call-start.ts';
import { newIdempotencyToken, type WebhookClient } from './webhook-client.ts';

/**
 * Delivers a status callback; its answer's body is of no interest to Twilio.
 * @throws CallError when it can't be delivered, Error when the answer is no 2xx.
 */
export async function sendStatus(
  webhooks: WebhookClient,
  { url, method }: Endpoint,
  params: Record<string, string>,
): Promise<void> {
  const answer = await webhooks.send(url, { method, params, idempotencyToken: newIdempotencyToken() });
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`11200: a status callback was answered with status ${answer.status}`);
  }
}

/** What the number's status callback is told when a call is over; script seconds. */
export function overParameters(about: Record<string, string>, seconds: number): Record<string, string> {
  return {
    ...about,
    CallDuration: String(seconds),
    // In minutes, begun ones count (Twilio, "StatusCallback").
    Duration: String(Math.ceil(seconds / 60)),
    CallbackSource: 'call-progress-events',
    SequenceNumber: '0',
    Timestamp: new Date().toUTCString(),
  };
}
