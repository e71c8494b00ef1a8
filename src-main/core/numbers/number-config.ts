import { createHash } from 'node:crypto';
import {
  type ConfigChange,
  type NumberConfig,
  numberConfigKeys,
} from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import { statusPath, voicePath } from '../webhooks/links.ts';

export type Setting = keyof NumberConfig;

/**
 * Makes Twilio give up on this machine sooner than after its usual 15 s and take the fallback URL (Twilio, "Webhooks:
 * connection overrides"; not part of the signature). Two tries of 2 s each to connect; 5 s for the answer, which takes
 * Patchbay milliseconds; 8 s in all. ngrok answers for a sleeping machine with an error page, which is a failure at once.
 */
export const connectionOverrides = '#ct=2000&rt=5000&tt=8000&rc=1';

const addresses: ReadonlySet<Setting> = new Set(['voiceUrl', 'voiceFallbackUrl', 'statusCallback']);

/** Where calls to an attached number are answered under this public origin. */
export function addressesAt(origin: string): Pick<NumberConfig, 'voiceUrl' | 'statusCallback'> {
  return { voiceUrl: origin + voicePath + connectionOverrides, statusCallback: origin + statusPath };
}

/**
 * How an attached number is configured. A TwiML application or a SIP trunk would win over the voice URL
 * (Twilio, IncomingPhoneNumber resource), so there is none.
 */
export function wantedConfig(origin: string, fallbackUrl: string): NumberConfig {
  return {
    ...addressesAt(origin),
    voiceMethod: 'POST',
    voiceFallbackUrl: fallbackUrl,
    voiceFallbackMethod: 'POST',
    statusCallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
  };
}

/** The settings in which `now` and `patchbay` differ. */
export function differences(now: NumberConfig, patchbay: NumberConfig): ConfigChange[] {
  return numberConfigKeys
    .filter((setting) => now[setting] !== patchbay[setting])
    .map((setting) => ({ setting, now: now[setting], patchbay: patchbay[setting] }));
}

/** What to send to Twilio for these changes. */
export function toSend(changes: readonly ConfigChange[]): Partial<NumberConfig> {
  return Object.fromEntries(changes.map(({ setting, patchbay }) => [setting, patchbay]));
}

/** Whether Twilio holds what was sent: the same, or the same address in Twilio's own spelling. */
export function holds(setting: Setting, sent: string, seen: string): boolean {
  if (sent === seen) return true;
  if (!addresses.has(setting)) return sent.toUpperCase() === seen.toUpperCase();
  const [a, b] = [addressOf(sent), addressOf(seen)];
  return a !== undefined && a === b;
}

/** Whether Twilio holds all of what was sent, as `holds` looks at it. */
export function holdsAll(sent: NumberConfig, seen: NumberConfig): boolean {
  return numberConfigKeys.every((setting) => holds(setting, sent[setting], seen[setting]));
}

function addressOf(text: string): string | undefined {
  const url = URL.parse(text);
  return url === null ? undefined : url.origin + url.pathname + url.search;
}

type Kept = Pick<AttachedNumber, 'before' | 'set' | 'earlier'>;

/** Whether this value was put there by Patchbay, now or before the public address changed. */
function isOurs(row: Kept, setting: Setting, seen: string): boolean {
  return [row.set, ...(row.earlier ?? [])].some(
    (config) => wasSent(config) && holds(setting, config[setting], seen),
  );
}

/** Nothing is sent to Twilio before the net's address is known. */
function wasSent(set: NumberConfig): boolean {
  return set.voiceFallbackUrl !== '';
}

/** The settings of an attached number that someone changed since. What is still on its way to Twilio is not drift. */
export function driftOf(row: Kept, seen: NumberConfig): ConfigChange[] {
  return differences(seen, row.set).filter(
    ({ setting, now }) => !row.earlier?.some((config) => holds(setting, config[setting], now)),
  );
}

export interface RestorePlan {
  /** What goes back to how it was before. */
  changes: ConfigChange[];
  /** What someone else changed meanwhile: it stays. `patchbay` is the value from before. */
  kept: ConfigChange[];
}

/**
 * How a number is given back: Patchbay's own settings go back to what was there before, all others stay. An application
 * and a trunk delete each other at Twilio, so that neither comes back over the other.
 */
export function restorePlan(row: Kept, seen: NumberConfig): RestorePlan {
  const different = differences(seen, row.before);
  const others = different.filter(({ setting, now }) => !isOurs(row, setting, now));
  const wouldDelete = ({ setting, patchbay }: ConfigChange) =>
    patchbay !== '' && others.some((other) => other.now !== '' && other.setting === rivalOf[setting]);
  const ours = different.filter((change) => !others.includes(change));
  return {
    changes: ours.filter((change) => !wouldDelete(change)),
    kept: [...others, ...ours.filter(wouldDelete)],
  };
}

const rivalOf: { [S in Setting]?: Setting } = {
  voiceApplicationSid: 'trunkSid',
  trunkSid: 'voiceApplicationSid',
};

export type Recovery = { kind: 'finish' } | { kind: 'restore'; plan: RestorePlan };

/**
 * What becomes of a number whose attaching or detaching was interrupted. Attaching is finished only when Twilio holds
 * all of it; anything less, and a detaching that was begun, is given back.
 */
export function recoverFrom(row: Kept & Pick<AttachedNumber, 'state'>, seen: NumberConfig): Recovery {
  if (row.state === 'attaching' && wasSent(row.set) && holdsAll(row.set, seen)) return { kind: 'finish' };
  return { kind: 'restore', plan: restorePlan(row, seen) };
}

/** The settings that follow Patchbay, and the net, wherever they are reached; as far as that is known. */
export type Addresses = Partial<Pick<NumberConfig, 'voiceUrl' | 'statusCallback' | 'voiceFallbackUrl'>>;

/** Whether an attached number does not lead to (all of) these addresses yet. */
export function mustMove(row: Kept, to: Addresses): boolean {
  const set = { ...row.set, ...to };
  return !holdsAll(set, row.set) || (row.earlier ?? []).length > 0;
}

export interface Move {
  /** The row while the number is on its way: what Twilio may still hold is remembered. */
  set: NumberConfig;
  earlier: NumberConfig[];
  changes: ConfigChange[];
}

/** The way to other addresses: only settings that still are as Patchbay set them are changed. */
export function moveTo(to: Addresses, row: Kept, seen: NumberConfig): Move {
  const set = { ...row.set, ...to };
  const changes = differences(seen, set).filter(
    ({ setting, now }) => addresses.has(setting) && isOurs(row, setting, now),
  );
  return { set, earlier: [row.set, ...(row.earlier ?? [])].slice(0, 10), changes };
}

/** Patchbay's settings in the spelling that Twilio keeps, where it means the same. */
export function asTwilioSpellsIt(set: NumberConfig, seen: NumberConfig): NumberConfig {
  const spelled = numberConfigKeys.map((setting) => [
    setting,
    holds(setting, set[setting], seen[setting]) ? seen[setting] : set[setting],
  ]);
  return { ...set, ...Object.fromEntries(spelled) };
}

/** Stands for what the operator was shown: another configuration has another token. */
export function planToken(
  what: 'attach' | 'detach' | 'repair',
  sid: string,
  workflowId: string,
  seen: NumberConfig | null,
) {
  const shown = [what, sid, workflowId, seen && numberConfigKeys.map((setting) => seen[setting])];
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url');
}
