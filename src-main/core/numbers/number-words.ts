import type { Account } from '../../../src-preload/contract/account.ts';
import type { Workflow } from '../../../src-preload/contract/desk.ts';
import type { ConfigChange, NumberConfig } from '../../../src-preload/contract/numbers.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import { ProblemError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { consolePages, numberPage } from '../twilio/console-pages.ts';
import { voicePath } from '../webhooks/links.ts';
import type { Setting } from './number-config.ts';
import type { SeenNumber } from './twilio-numbers.ts';

/** Everything that is said to the operator about numbers. */

const settingNames: Readonly<Record<Setting, string>> = {
  voiceUrl: 'voice URL',
  voiceMethod: 'method of the voice URL',
  voiceFallbackUrl: 'fallback URL',
  voiceFallbackMethod: 'method of the fallback URL',
  statusCallback: 'status callback',
  statusCallbackMethod: 'method of the status callback',
  voiceApplicationSid: 'TwiML application',
  trunkSid: 'SIP trunk',
};

/** Like "voice URL". */
export function nameOf(setting: Setting): string {
  return settingNames[setting];
}

/** Like "the voice URL, the fallback URL and the SIP trunk". */
export function namesOf(changes: readonly ConfigChange[]): string {
  const names = changes.map(({ setting }) => `the ${nameOf(setting)}`);
  const last = names.pop() ?? 'nothing';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

function refusal(says: string, remedy: string, link: string | null = null, cause?: unknown): ProblemError {
  return new ProblemError(plainProblem(says, remedy, link), { cause });
}

export const problems = {
  noAccount: () =>
    refusal('No Twilio account is connected.', 'Connect the account that the number belongs to first.'),
  noSuchNumber: () =>
    refusal(
      'The Twilio account has no such number.',
      'Look at the list of numbers again: it may have been released or moved.',
      consolePages.numbers,
    ),
  unknownWorkflow: (workflowId: string) =>
    refusal(`The desk has no workflow “${workflowId}”.`, 'Choose one of the desk’s workflows.'),
  otherNumber: (seen: SeenNumber, workflow: Workflow) =>
    refusal(
      `The workflow “${workflow.name}” answers ${workflow.number} by the desk, not ${seen.number}.`,
      `Set the number of “${workflow.name}” to ${seen.number} in the desk, or choose the number ${workflow.number}.`,
    ),
  noVoice: (seen: SeenNumber) =>
    refusal(
      `${seen.number} can’t take voice calls.`,
      'Choose a number with the voice capability, or buy one.',
      consolePages.buyNumber,
    ),
  noProvenOrigin: () =>
    refusal(
      'No public address is proven to lead to Patchbay, so Twilio could not reach it.',
      'Open the tunnel or set an own URL, and wait until it is proven. Then attach the number.',
    ),
  alreadyAttached: (row: AttachedNumber) =>
    refusal(
      `${row.number} is attached to the workflow “${row.workflowId}” already.`,
      'Detach it first to attach it to another one, or repair it when someone has changed its settings.',
    ),
  heldElsewhere: (row: AttachedNumber) =>
    refusal(
      `${row.number} is still attached as a number of another account, or under another SID (${row.accountSid}, ${row.sid}).`,
      'Detach it there first: connect that account and detach the number.',
    ),
  notAttached: () =>
    refusal('The number is not attached.', 'There is nothing to detach or repair. Look at the list again.'),
  unfinished: (row: AttachedNumber, cause: unknown) =>
    refusal(
      row.state === 'attaching'
        ? `Attaching ${row.number} was begun and is not finished.`
        : `Detaching ${row.number} was begun and is not finished.`,
      `${row.problem ?? ''} Patchbay goes on with it by itself; look again in a minute.`.trim(),
      numberPage(row.sid),
      cause,
    ),
  changedSince: (number: string) =>
    refusal(
      `The settings of ${number} changed since you looked. Nothing was changed by Patchbay.`,
      'Look at what would be changed again, and decide then.',
    ),
  notTaken: (number: string, missing: readonly ConfigChange[], sid: string) =>
    refusal(
      `Twilio took the change of ${number} and still shows another value for ${namesOf(missing)}.`,
      'Someone may be changing the number right now. Look at it in the Console and try again.',
      numberPage(sid),
    ),
  leftHalf: (row: AttachedNumber, why: string, cause: unknown) =>
    refusal(
      `${row.state === 'attaching' ? 'Attaching' : 'Detaching'} ${row.number} could not be finished: ${why}`,
      row.state === 'attaching'
        ? 'As soon as Twilio answers, Patchbay looks what was carried out and finishes or undoes it by itself.'
        : 'As soon as Twilio answers, Patchbay goes on by itself.',
      numberPage(row.sid),
      cause,
    ),
  cannotRestore: (row: AttachedNumber, changes: readonly ConfigChange[], why: string, cause: unknown) =>
    refusal(
      `${row.number} stays attached: Twilio refused to set ${namesOf(changes)} back. ${why}`,
      'Set the number in the Console to what you want, then detach it: what you set there stays.',
      numberPage(row.sid),
      cause,
    ),
};

/** Stands in a plan for the net's address when nothing is published yet. */
export const netPlaceholder =
  'an address at Twilio that rings the static number (published while the number is attached)';

const twilioDemo = /^https?:\/\/demo\.twilio\.com\//;

/** What the operator should know before a number is attached. */
export function attachWarnings(seen: NumberConfig, account: Account, origin: string): string[] {
  const warnings: string[] = [];
  const { voiceUrl, voiceApplicationSid, trunkSid } = seen;
  if (voiceApplicationSid !== '') {
    warnings.push(
      `The TwiML application ${voiceApplicationSid} answers this number now. It is taken off the number, because it would win over Patchbay; detaching puts it back.`,
    );
  } else if (trunkSid !== '') {
    warnings.push(
      `Calls to this number go to the SIP trunk ${trunkSid} now. It is taken off the number, because it would win over Patchbay; detaching puts it back.`,
    );
  } else if (voiceUrl.startsWith(origin + voicePath)) {
    warnings.push(
      'This number leads to Patchbay already, although Patchbay did not attach it. What it was before is not known, so detaching leaves it as it is now.',
    );
  } else if (voiceUrl !== '' && !twilioDemo.test(voiceUrl)) {
    warnings.push(
      `Calls to this number are answered by ${voiceUrl} now. Patchbay takes its place; detaching puts it back.`,
    );
  }
  if (account.status !== 'active') {
    warnings.push(`The Twilio account is ${account.status}, so no call comes in or goes out.`);
  }
  if (account.type === 'Trial') {
    warnings.push(
      'This is a trial account: only verified numbers can call and be called, a trial message plays first, and calls last 10 minutes at most.',
    );
  }
  const { calls, why } = account.concurrency;
  if (calls !== null) warnings.push(`The account can hold ${calls} calls at once. ${why}`);
  return warnings;
}

/** What stays as someone else set it when a number is given back. */
export function keptWarnings(kept: readonly ConfigChange[]): string[] {
  return kept.map(({ setting, now, patchbay }) => {
    const was = patchbay === '' ? 'there was none' : `it was ${patchbay}`;
    // Patchbay clears both, so an empty one stays only because the other was set, and Twilio allows one of them.
    const isShutOut = now === '' && (setting === 'voiceApplicationSid' || setting === 'trunkSid');
    return isShutOut
      ? `The ${nameOf(setting)} does not come back (${was}), because something was set meanwhile that excludes it.`
      : `The ${nameOf(setting)} was changed to ${now || 'nothing'} meanwhile, and that stays (before Patchbay ${was}).`;
  });
}

/** Both values of every setting that someone changed. */
export function driftSays(number: string, drift: readonly ConfigChange[]): string {
  const changes = drift.map(
    ({ setting, now, patchbay }) =>
      `the ${nameOf(setting)} is ${now || 'empty'} where Patchbay set ${patchbay || 'nothing'}`,
  );
  return `${number} was changed at Twilio: ${changes.join('; ')}.`;
}

/** Why something is half done when nothing else is known of it. */
export const interruptedSays = 'Patchbay was stopped in the middle of it.';

/** @param why absent: Twilio was not asked yet, or a stop interrupted it. */
export const elsewhereSays = (number: string, why?: string) =>
  `${number} still leads to an address from before${why === undefined ? '. Patchbay changes that as soon as Twilio answers.' : `: ${why}`}`;

/** When the last number is detached. */
export const netGoesSays =
  'No other number is attached, so what answered at Twilio for this computer (the service “patchbay-net”) is removed too.';

export const goneSays = (number: string) =>
  `${number} is no longer in the Twilio account: it was released or moved.`;
