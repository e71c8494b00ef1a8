import type { Account } from '../../../src-preload/contract/account.ts';
import type { NumberConfig } from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import { addressesAt, driftOf, holds } from './number-config.ts';
import { namesOf } from './number-words.ts';

/** The settings that decide where a call goes; the net is for when Patchbay does not answer. */
const leading: ReadonlySet<keyof NumberConfig> = new Set([
  'voiceUrl',
  'voiceMethod',
  'voiceApplicationSid',
  'trunkSid',
]);

/**
 * Why a call to an attached number would not come to Patchbay at this moment: what follows "because" in a sentence; null: it
 * would, as far as is known. Pure.
 * @param row undefined: the number is not attached. @param origin the public origin once it is proven, else null
 */
export function whyOutOfReach(
  row: AttachedNumber | undefined,
  { account, origin }: { account: Account | null; origin: string | null },
): string | null {
  if (account === null) return 'no Twilio account is connected';
  if (account.status !== 'active') return `the Twilio account is ${account.status}`;
  if (row === undefined) return 'it is not attached to Patchbay';
  if (row.accountSid !== account.accountSid) return 'it belongs to another Twilio account';
  if (row.state !== 'attached') return 'it is not attached to Patchbay as a whole';
  if (row.problem !== null) return 'something is wrong with it at Twilio';
  if (origin === null) return 'the public URL is not proven to lead to Patchbay';
  const seen = row.seen ?? row.set;
  const drift = driftOf(row, seen).filter(({ setting }) => leading.has(setting));
  if (drift.length > 0) return `it was changed at Twilio (${namesOf(drift)})`;
  const { voiceUrl } = addressesAt(origin);
  return holds('voiceUrl', voiceUrl, seen.voiceUrl) ? null : 'it still leads to an earlier public URL';
}
