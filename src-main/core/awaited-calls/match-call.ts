/**
 * Which transfer a call to a hand-over number belongs to. A platform was told the number and makes the call at once, but
 * nothing in it names the transfer. Pure.
 */

/**
 * How long a transfer waits for its call, in milliseconds. The platform dials as soon as it has the answer; what may come
 * before is a last sentence of its AI and the way through the carriers, seconds both. A call that comes minutes later is
 * somebody else's.
 */
export const awaitedMs = 3 * 60 * 1000;

/**
 * The same where the platform asks as its own call begins: it dials after the conversation, or never, as most calls need no
 * human. So long a wait says nothing by itself, and only the caller's own number tells.
 */
export const awaitedFromStartMs = 60 * 60 * 1000;

/** A call that has come to a hand-over number. Numbers are E.164; null: withheld, or not told. */
export interface ArrivingCall {
  from: string | null;
  forwardedFrom: string | null;
}

/** A transfer that was answered with the number that is called. */
export interface ToldTransfer {
  /** Counts up with the time. */
  id: number;
  /** Unix milliseconds. */
  at: number;
  integrationId: string;
  /** Null: withheld, or not told. */
  caller: string | null;
  /** The numbers that the platform may show in place of the caller's. */
  platformNumbers: readonly string[];
  /** The platform asked as its own call began. */
  fromStart: boolean;
  /** Its call has come. */
  hasCall: boolean;
}

export interface Match {
  transferId: number;
  matchedBy: 'caller' | 'platform-number';
}

/**
 * The transfer that a call belongs to, or null for an ordinary call.
 *
 * By the caller's number, where the platform passes it on: the newest of that caller's. Else by the time and the platform's
 * number: only a call that shows that number, and only when a single caller is awaited from there, as anything else would
 * be a guess between strangers. A call without any number could be anybody's.
 *
 * @param told in any order; those that are not awaited at `now` (Unix milliseconds) are left out here
 */
export function matchCall(call: ArrivingCall, told: readonly ToldTransfer[], now: number): Match | null {
  const inTime = told.filter((transfer) => isInTime(transfer, now)).toSorted(newestFirst);
  const awaited = inTime.filter(({ hasCall }) => !hasCall);
  const isPlatforms = inTime.some(({ platformNumbers }) => platformNumbers.includes(call.from ?? ''));
  const own = isPlatforms ? undefined : awaited.find(({ caller }) => caller !== null && caller === call.from);
  if (own !== undefined) return { transferId: own.id, matchedBy: 'caller' };
  const [only, rival] = awaited.filter(
    (transfer) => showsPlatform(call, transfer) && !askedAgain(transfer, inTime),
  );
  if (only === undefined || rival !== undefined || only.fromStart) return null;
  return { transferId: only.id, matchedBy: 'platform-number' };
}

/** The caller's own number. A platform that names its own in its place has not told the caller's. */
export function callerOf({
  caller,
  platformNumbers,
}: Pick<ToldTransfer, 'caller' | 'platformNumbers'>): string | null {
  return caller === null || platformNumbers.includes(caller) ? null : caller;
}

function isInTime({ at, fromStart }: ToldTransfer, now: number): boolean {
  return at <= now && now - at <= (fromStart ? awaitedFromStartMs : awaitedMs);
}

const newestFirst = (a: ToldTransfer, b: ToldTransfer): number => b.at - a.at || b.id - a.id;

function showsPlatform({ from, forwardedFrom }: ArrivingCall, { platformNumbers }: ToldTransfer): boolean {
  const shown = from ?? forwardedFrom;
  return shown !== null && platformNumbers.includes(shown);
}

/** The platform asked anew for the same caller: it is one call that is awaited, the last one. */
function askedAgain(transfer: ToldTransfer, all: readonly ToldTransfer[]): boolean {
  const caller = callerOf(transfer);
  return all.some(
    (other) =>
      caller !== null &&
      callerOf(other) === caller &&
      other.integrationId === transfer.integrationId &&
      newestFirst(other, transfer) < 0,
  );
}
