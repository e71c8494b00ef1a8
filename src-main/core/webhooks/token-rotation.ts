import { createHash } from 'node:crypto';
import type { Setting } from '../database/settings.ts';

/** Two auth tokens that are taken side by side, and since when the previous one is of no use any more. */
export type TokenRotation = Setting<'tokenRotation'>;

/** Webhooks of calls under way, and Twilio's own retries, have long come by then. */
const graceMs = 15 * 60_000;

/**
 * Twilio signs with the primary token. The operator can enter the secondary token before making it the primary one, or
 * after: until that is known, Twilio's signature may be either's (Twilio, "Auth tokens and how to change them").
 */
export function beginRotation(token: string, previous: string): TokenRotation {
  return { settledAt: null, pair: pairOf(token, previous) };
}

/**
 * Tells one pair of tokens from the next where no token may stand: 16 hexadecimal digits of a digest, from which neither
 * can be worked out.
 */
export function pairOf(token: string, previous: string): string {
  return createHash('sha256').update(`${previous} ${token}`).digest('hex').slice(0, 16);
}

/** Whether the previous token has had its day. @param now Unix milliseconds */
export function isOver({ settledAt }: TokenRotation, now: number): boolean {
  return settledAt !== null && now >= settledAt + graceMs;
}
