import { createHash } from 'node:crypto';
import type { Setting } from '../database/settings.ts';

/** Since when two auth tokens are taken, and when Twilio first signed with the new one. */
export type TokenRotation = Setting<'tokenRotation'>;

/** Webhooks of calls under way, and Twilio's own retries, have long come by then. */
const graceMs = 15 * 60_000;
/** By then the operator has made the new token the primary one, or never will. */
const longestMs = 24 * 60 * 60_000;

/**
 * Twilio signs with the primary token. The operator can enter the secondary token before making it the primary one, or
 * after: for a while Twilio's signature may be either's (Twilio, "Auth tokens and how to change them").
 */
export function beginRotation(token: string, previous: string, now: number): TokenRotation {
  return { at: now, newTokenSeenAt: null, pair: pairOf(token, previous) };
}

/**
 * Tells one pair of tokens from the next where no token may stand: 16 hexadecimal digits of a digest, from which neither
 * can be worked out.
 */
export function pairOf(token: string, previous: string): string {
  return createHash('sha256').update(`${previous} ${token}`).digest('hex').slice(0, 16);
}

/** Whether the previous token has had its day. */
export function isOver({ at, newTokenSeenAt }: TokenRotation, now: number): boolean {
  return now >= at + longestMs || (newTokenSeenAt !== null && now >= newTokenSeenAt + graceMs);
}
