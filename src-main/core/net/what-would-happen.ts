import type { NumberNet } from '../../../src-preload/contract/net.ts';
import type { Problem, Verdict } from '../../../src-preload/contract/problem.ts';
import { numberPage } from '../twilio/console-pages.ts';
import type { HostedAnswer } from '../twilio/twilio-rest.ts';
import { readTwiml } from './hosted-twiml.ts';
import { type NetAnswer, netPath } from './net-function.ts';

/** How Twilio has a number configured, as far as it decides what becomes of a call without Patchbay. */
export interface SeenNumber {
  /** Twilio's SID, PN… */
  sid: string;
  voiceUrl: string;
  voiceFallbackUrl: string;
  voiceApplicationSid: string;
  trunkSid: string;
}

/** What was seen of one number's net, and what should have been. */
export interface Sighting {
  number: string;
  workflowId: string;
  config: SeenNumber;
  /** The voice URL that Patchbay has set. */
  ownVoiceUrl: string;
  /** Where the net answers; null: nothing was ever published. */
  netUrl: string | null;
  /** What the net should do; undefined: its workflow is gone and the net never knew the number. */
  wanted: NetAnswer | undefined;
  /** Whether the desk still has the number's workflow. */
  workflowExists: boolean;
  /** The version of the Function that should be in force. */
  version: string;
  /** What the net answered to a call, and after nobody picked up; null: it was not asked. */
  first: HostedAnswer | null;
  after: HostedAnswer | null;
}

/**
 * The longest that Twilio tries to reach a server that is gone, in seconds: 15, or what the connection overrides in the
 * URL's fragment make of it, in milliseconds (Twilio, "Webhooks: connection overrides": ct connect, rt read, tt total,
 * rc retries, and their defaults and limits).
 */
export function secondsBeforeFallback(voiceUrl: string): number {
  const overrides = new URLSearchParams(URL.parse(voiceUrl)?.hash.slice(1) ?? '');
  const within = (name: string, least: number, most: number, usual: number) => {
    const text = overrides.get(name) ?? '';
    return /^\d{1,6}$/.test(text) ? Math.min(Math.max(Number(text), least), most) : usual;
  };
  const connectMs = within('ct', 100, 10_000, 5_000);
  const readMs = within('rt', 100, 15_000, 15_000);
  const totalMs = within('tt', 100, 15_000, 15_000);
  const tries = within('rc', 0, 5, 1) + 1;
  return Math.ceil(Math.min(totalMs, tries * (connectMs + readMs)) / 1000);
}

/** Whether a page is the net's, whatever stands behind the "#". */
export function isNetPage(url: string, netUrl: string | null): boolean {
  return netUrl !== null && withoutFragment(url) === netUrl;
}

/** The address that Twilio asks after the dial of this answer; null where it would ask none, or another server. */
export function afterUrlOf(first: HostedAnswer, netUrl: string): string | null {
  const action = readTwiml(first.body)?.dial?.action;
  if (action === undefined || action === null) return null;
  const url = URL.parse(action, netUrl);
  return url !== null && url.origin === new URL(netUrl).origin ? url.href : null;
}

/** Whether an answer is what this version of the net should give. */
export function answersAsWanted(answer: HostedAnswer, wanted: NetAnswer, version: string): boolean {
  const dial = answer.status === 200 ? readTwiml(answer.body)?.dial : null;
  if (dial === null || dial === undefined) return false;
  return (
    dial.numbers.length === 1 && dial.numbers[0] === wanted.destination && versionOf(dial.action) === version
  );
}

/** What a caller would live through now if this machine vanished, whether that is as it should be, and what mends it. */
export function whatWouldHappen(seen: Sighting): NumberNet {
  const { number, config, netUrl } = seen;
  const link = numberPage(config.sid);
  const start = `If this computer vanished, a call to ${number}`;
  const waits = `${start} would wait for Patchbay, ${secondsBeforeFallback(config.voiceUrl)} s at most.`;
  const verdict = (
    kind: Verdict,
    says: string[],
    problem: (Omit<Problem, 'code' | 'status'> & { status?: number }) | null,
    destination: string | null = null,
  ): NumberNet => ({
    number,
    workflowId: seen.workflowId,
    verdict: kind,
    says,
    destination,
    problem: problem && { code: null, status: null, ...problem },
  });

  const elsewhere =
    config.trunkSid !== '' ? 'a SIP trunk' : config.voiceApplicationSid !== '' ? 'a TwiML app' : null;
  if (elsewhere !== null) {
    return verdict('broken', [`${start} would go to ${elsewhere}; the net would not be asked.`], {
      says: `${number} leads to ${elsewhere}, which wins over the addresses that Patchbay has set.`,
      remedy: 'Repair the number in Patchbay, or take that setting out in the Console.',
      link,
    });
  }
  if (config.voiceUrl === '') {
    return verdict('broken', [`${start} would hear Twilio’s own words for a number that is not set up.`], {
      says: `${number} has no voice URL, so its calls come neither to Patchbay nor to the net.`,
      remedy: 'Repair the number in Patchbay.',
      link,
    });
  }
  if (config.voiceFallbackUrl === '') {
    return verdict('broken', [waits, errorIsSaid], {
      says: `${number} has no fallback URL, so nothing leads to the net.`,
      remedy: 'Repair the number in Patchbay.',
      link,
    });
  }
  if (!isNetPage(config.voiceFallbackUrl, netUrl)) {
    const host = URL.parse(config.voiceFallbackUrl)?.host ?? 'an address that is no URL';
    return verdict('broken', [waits, `Then ${host} would decide what the caller hears.`], {
      says: `The fallback URL of ${number} is at ${host} and not the net’s.`,
      remedy: 'Repair the number in Patchbay.',
      link,
    });
  }
  const page = seen.first?.status === 200 ? readTwiml(seen.first.body) : null;
  if (seen.first === null || page === null) {
    const status = seen.first?.status;
    return verdict('broken', [waits, errorIsSaid], {
      says: `The net does not answer with TwiML${status === undefined || status === 200 ? '' : ` but with the status ${status}`}.`,
      remedy: 'Publish the net again.',
      link: null,
      ...(status !== undefined && { status }),
    });
  }
  const { dial } = page;
  const destination = dial?.numbers[0];
  if (!dial || destination === undefined) {
    const hears = page.says.length === 0 ? 'nothing' : quoted(page.says);
    return verdict('broken', [waits, `Then the caller would hear ${hears}, and nobody would be rung.`], {
      says: `The net rings nobody for ${number}.`,
      remedy: seen.workflowExists
        ? 'Publish the net again.'
        : 'Give a workflow of the desk this number, or detach it.',
      link: null,
    });
  }

  const end = seen.after?.status === 200 ? readTwiml(seen.after.body) : null;
  const tellsNobody = end !== null && end.says.length > 0;
  const says = [
    waits,
    `Then ${dial.numbers.join(', ')} would ring for ${dial.timeoutSeconds} s.`,
    tellsNobody
      ? `If nobody picked up, the caller would hear ${quoted(end.says)}.`
      : 'If nobody picked up, the call would end without a word.',
  ];
  if (seen.wanted !== undefined && seen.wanted.destination !== destination) {
    return verdict(
      'broken',
      says,
      {
        says: `The net still rings ${destination}, but the static number is ${seen.wanted.destination}.`,
        remedy: 'Publish the net again.',
        link: null,
      },
      destination,
    );
  }
  const warning = warningOf(seen, tellsNobody, versionOf(dial.action));
  return verdict(
    warning === null ? 'ok' : 'warning',
    says,
    warning && { link: null, ...warning },
    destination,
  );
}

const errorIsSaid =
  'Then the caller would hear Twilio’s voice say that an application error has occurred, and the call would end.';

/** What the operator should know of a net that rings the right destination. */
function warningOf(
  seen: Sighting,
  tellsNobody: boolean,
  version: string | null,
): { says: string; remedy: string } | null {
  if (seen.config.voiceUrl !== seen.ownVoiceUrl) {
    return {
      says: `The voice URL of ${seen.number} is not the one that Patchbay has set, so calls may not come to Patchbay at all.`,
      remedy: 'Look at the number’s settings in Patchbay and repair it.',
    };
  }
  if (!seen.workflowExists) {
    return {
      says: `The workflow of ${seen.number} is no longer in the desk; the net does what it did before.`,
      remedy: 'Give a workflow of the desk this number, or detach it.',
    };
  }
  if (version !== seen.version || !tellsNobody) {
    return {
      says: 'The net rings the right destination, but it is not the newest that Patchbay would publish.',
      remedy: 'Publish the net again.',
    };
  }
  return null;
}

function versionOf(action: string | null): string | null {
  return URL.parse(action ?? '', `https://net.invalid${netPath}`)?.searchParams.get('version') ?? null;
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}

function quoted(says: readonly string[]): string {
  return `“${says.join(' ').replace(/\.$/, '')}”`;
}
