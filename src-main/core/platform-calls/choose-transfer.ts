import type { OpenTransfer } from '../database/transfers.ts';

const hourMs = 60 * 60 * 1000;

/** How long after the start of a call its transfer may come. Longer than calls last: a local time may pass for UTC. */
const windowMs = 6 * hourMs;

/** How long before it: clocks differ, and what passes for the start may be the end. */
const beforeMs = hourMs;

/** A platform's clock may be wrong by hours, and its time without a zone: beyond this it is not believed. */
const latestDeliveryMs = 24 * hourMs;
const aheadMs = 5 * 60 * 1000;

/** A platform that asks again so soon asks for the same call. */
export const sameCallMs = 2 * 60 * 1000;

/** When a platform's call was, in Unix milliseconds, as far as it tells. */
export interface CallTimes {
  createdAt: number | null;
  receivedAt: number;
}

/** Between which times the transfer of a platform's call must lie. */
export function transferWindow(times: CallTimes): { since: number; until: number } {
  const believed = believedTime(times);
  if (believed === null) return { since: times.receivedAt - windowMs, until: times.receivedAt };
  return { since: believed - beforeMs, until: Math.min(times.receivedAt, believed + windowMs) };
}

/**
 * The one of these transfers that a platform's call belongs to, or null. Of one caller's transfers it is the one nearest
 * to the call, and the last when the platform asked twice; when the number was withheld, only a transfer without rivals
 * is taken, as anything else would be a guess between strangers.
 *
 * @param open in the window and not yet joined, of this caller or, when it is null, of withheld ones; the newest first.
 */
export function chooseTransfer(
  open: readonly OpenTransfer[],
  caller: string | null,
  times: CallTimes,
): number | null {
  if (caller === null) return open.length === 1 ? (open[0]?.id ?? null) : null;
  const believed = believedTime(times);
  if (believed === null) return open[0]?.id ?? null;
  const distance = ({ at }: OpenTransfer) => Math.abs(at - believed);
  const nearest = open.toSorted((a, b) => distance(a) - distance(b))[0];
  if (nearest === undefined) return null;
  return open.find(({ at }) => Math.abs(at - nearest.at) <= sameCallMs)?.id ?? null;
}

function believedTime({ createdAt, receivedAt }: CallTimes): number | null {
  if (createdAt === null || createdAt > receivedAt + aheadMs) return null;
  return createdAt < receivedAt - latestDeliveryMs ? null : createdAt;
}
