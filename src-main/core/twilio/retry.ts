/** When a request to Twilio is made again. Pure, so that "never twice" can be tested without a network. */

/** How long one try may take. */
export const requestTimeoutMs = 10_000;
/** How long all tries together may take; an operator is looking at a spinner. */
export const patienceMs = 20_000;
/** When Twilio can't be reached at all, waiting does not help for longer than this: say so instead. */
const refusedPatienceMs = 3_000;
/** Tries after the first one. */
const furtherTries = 3;
const firstWaitMs = 300;
/** A wait that Twilio asks for (Retry-After) is kept up to here; a longer one ends the tries. */
const longestWaitMs = 10_000;

export interface AskedRequest {
  /** GET, POST …; in any case. */
  method: string;
  /** As in https://api.twilio.com<path>. */
  path: string;
}

/** How a try ended, when it did not end well. */
export type FailedTry =
  | { kind: 'answered'; status: number; retryAfter: string | null }
  /** The connection was never made: nothing was sent. */
  | { kind: 'refused' }
  /** The time ran out or the connection broke: the request may have been carried out. */
  | { kind: 'lost' }
  /** The other side is not Twilio: a certificate that does not fit, or an answer that makes no sense. */
  | { kind: 'untrusted' };

export interface RetryState {
  /** Tries made so far, the failed one included. */
  tries: number;
  /** Since the first one began. */
  elapsedMs: number;
  /** Unix milliseconds, for a Retry-After that is a date. */
  now: number;
  /** From [0, 1). */
  random: number;
}

/** How long to wait before the next try; null: there is none. */
export function nextTryIn(request: AskedRequest, failed: FailedTry, state: RetryState): number | null {
  if (state.tries > furtherTries || !mayAskAgain(request, failed)) return null;
  const waitMs = waitBefore(failed, state);
  if (waitMs === null) return null;
  const patience = failed.kind === 'refused' ? refusedPatienceMs : patienceMs;
  return state.elapsedMs + waitMs > patience ? null : waitMs;
}

/**
 * Whether a request may have been carried out although it failed, so that the next one like it would be a second call,
 * text or resource. An update of a resource by its SID says how it shall be, so that it can be said twice.
 */
export function mayHaveHappened(request: AskedRequest, failed: FailedTry): boolean {
  if (isRepeatable(request)) return false;
  switch (failed.kind) {
    case 'answered':
      return failed.status >= 500;
    case 'refused':
      return false;
    case 'lost':
    case 'untrusted':
      return true;
  }
}

function mayAskAgain(request: AskedRequest, failed: FailedTry): boolean {
  switch (failed.kind) {
    case 'answered':
      // Error 20429: Twilio turned the request away before looking at it.
      return failed.status === 429 || (failed.status >= 500 && isRepeatable(request));
    case 'refused':
      return true;
    case 'lost':
      return isRepeatable(request);
    case 'untrusted':
      return false;
  }
}

const sid = /^[A-Z]{2}[0-9a-f]{32}$/;
/** What is said to a call, a conference or a text can take effect each time: a redirect, an announcement. */
const live = new Set(['Calls', 'Conferences', 'Messages']);

function isRepeatable({ method, path }: AskedRequest): boolean {
  switch (method.toUpperCase()) {
    case 'GET':
    case 'HEAD':
    case 'DELETE':
      return true;
    case 'POST': {
      const segments = path.split(/[?#]/, 1).join('').split('/');
      const last = (segments.at(-1) ?? '').replace(/\.json$/, '');
      return sid.test(last) && !segments.some((segment) => live.has(segment));
    }
    default:
      return false;
  }
}

function waitBefore(failed: FailedTry, state: RetryState): number | null {
  // Half of each wait is drawn by lot, so that requests that failed together do not come back together.
  const doubled = firstWaitMs * 2 ** (state.tries - 1);
  const ours = Math.round(doubled * (0.5 + state.random / 2));
  const asked = failed.kind === 'answered' ? askedWait(failed.retryAfter, state.now) : 0;
  return asked > longestWaitMs ? null : Math.max(ours, asked);
}

/** Retry-After is seconds or a date (RFC 9110, 10.2.3). */
function askedWait(retryAfter: string | null, now: number): number {
  if (retryAfter === null) return 0;
  if (/^\s*\d{1,9}\s*$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
