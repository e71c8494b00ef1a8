import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureScheme } from './dialect.ts';

const header = /^v=(\d{10,16}),d=([0-9a-f]{64})$/;

/** How far the time of a signature may lie from ours, as in Retell’s own SDK. */
const toleranceMs = 5 * 60 * 1000;

/**
 * Retell’s signature (its documentation, "Secure the webhook"; its SDK): the header x-retell-signature is
 * `v=<Unix milliseconds>,d=<hex>`, the hex being HMAC-SHA256 over the raw body followed by those milliseconds, keyed with
 * the API key that has the webhook badge.
 */
export const retellSignature: SignatureScheme = {
  secret: 'RETELL_API_KEY',
  remedy: 'Set RETELL_API_KEY to the Retell API key that has the webhook badge (patchbay retell key).',
  isSigned({ text, headers }, secret, now) {
    const signature = headers['x-retell-signature'];
    const [, time, digest] = (typeof signature === 'string' ? header.exec(signature) : null) ?? [];
    if (time === undefined || digest === undefined) return false;
    if (Math.abs(now - Number(time)) > toleranceMs) return false;
    const expected = createHmac('sha256', secret)
      .update(text + time)
      .digest();
    return timingSafeEqual(expected, Buffer.from(digest, 'hex'));
  },
};
