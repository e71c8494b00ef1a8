import type { CallFact, CallView, DialResult } from '../../../src-preload/contract/calls.ts';
import { dialTwiml } from '../twilio/twiml.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallLinks } from './call-links.ts';
import type { CallLog } from './call-log.ts';
import type { Round } from './ring-plan.ts';
import { dialsOf } from './rung-state.ts';
import type { WarmTransfer } from './warm-transfer.ts';

/** How a dial ended, as Twilio's `<Dial action>` tells it. */
export interface DialEndedReport {
  result: DialResult;
  legSid?: string | undefined;
  talkSeconds?: number | undefined;
  /** Whether caller and human heard each other; undefined: Twilio did not say. */
  bridged?: boolean | undefined;
  callOver: boolean;
}

/** A change that Twilio tells of the leg to one phone. */
export interface LegChange {
  legSid: string;
  status: string;
  errorCode?: string | undefined;
}

export interface DiallingDeps {
  log: CallLog;
  desk: CallDesk;
  links: CallLinks;
  warm: Pick<WarmTransfer, 'ring' | 'callerIdOf' | 'hangUp'>;
  /** Takes note of how a destination fared, so that one that fails rests. */
  heardOf: (destination: string, result: DialResult) => void;
}

/** Leg changes arrive within a call; this is enough for a hundred calls at once. */
const legChangesKept = 2000;

/** Rings the rounds of a call's plan, and records how each phone fared. */
export class Dialling {
  readonly #deps: DiallingDeps;
  /** The latest leg changes, because Twilio may report one twice. */
  readonly #legChanges = new Set<string>();

  constructor(deps: DiallingDeps) {
    this.#deps = deps;
  }

  /**
   * Records the next dial of a call. @returns the TwiML that makes Twilio ring, or with which the caller waits while Twilio
   * has been made to ring.
   */
  async ring(call: CallView, round: Round): Promise<string> {
    const { log, desk, links, warm } = this.#deps;
    const { destinations, seconds } = round;
    const { id: callId } = call;
    const ring = desk.integrationOf(call)?.ring;
    const [destination = ''] = destinations;
    const shows = ring?.callerId === 'twilio' ? call.to : numberToShow(call);
    const dial = dialsOf(call.rung) + 1;
    const aiBroke = call.transfer?.cause === 'model-error' || call.transfer?.cause === 'relay-failed';
    const say = aiBroke && dial === 1 ? desk.phrasesOf(call).apologyBeforeDial : undefined;
    const callerId = ring?.warm ? warm.callerIdOf(call, shows) : shows;
    const started = log.append(callId, {
      type: 'dial.started',
      destination,
      ...(destinations.length > 1 && { together: destinations }),
      callerId,
      ringSeconds: seconds,
      ...(ring?.screen && { screen: true }),
      ...(ring?.warm && { warm: true }),
    });
    if (ring?.warm) {
      await started;
      const rung = await warm.ring(call, dial, round, { callerId, say });
      if ('twiml' in rung) return rung.twiml;
      void log.append(callId, { type: 'warm.failed', dial, problem: rung.problem, callerId: shows });
    }
    const hearsFirst = ring?.screen || ring?.briefing || ring?.warm;
    return dialTwiml({
      phones: destinations.map((number, index) => ({
        destination: number,
        legStatusUrl: links.legChanged(callId, dial, index + 1),
        ...(hearsFirst && { pickedUpUrl: links.pickedUp(callId, dial, index + 1) }),
      })),
      callerId: shows,
      ringSeconds: seconds,
      actionUrl: links.dialEnded(callId, dial),
      say,
      language: desk.languageOf(call),
      // A platform may give up on a transfer that nobody answers within its own time, in the midst of the plan.
      answersAtOnce: call.handedOver !== null,
    });
  }

  /** Records how a dial ended. @returns undefined when the call had no such dial. */
  ended(call: CallView, dial: number, report: DialEndedReport): DialResult | undefined {
    const { log, heardOf, warm } = this.#deps;
    const rung = call.rung.filter((each) => each.dial === dial);
    const taker = takerOf(rung, report.legSid);
    if (taker === undefined) return undefined;
    const result = taker.warm ? warmResultOf(report, rung) : resultOf(report, taker);
    const { legSid, talkSeconds } = report;
    void log.append(call.id, {
      type: 'dial.ended',
      destination: taker.destination,
      dial,
      result,
      ...(legSid && { legSid }),
      ...(talkSeconds !== undefined && { talkSeconds }),
    });
    warm.hangUp(
      call,
      rung.filter(({ endedAt }) => endedAt === null),
    );
    const after = log.view(call.id)?.rung.filter((each) => each.dial === dial) ?? [];
    for (const rung of after) {
      const heard = heardFrom(rung);
      if (heard !== undefined) heardOf(rung.destination, heard);
    }
    return result;
  }

  /** Records Twilio's status callback of the leg to a phone of a dial, both counted from 1; any order, and maybe twice. */
  async legChanged(callId: string, dial: number, leg: number, changed: LegChange): Promise<void> {
    const { log } = this.#deps;
    const { legSid, status, errorCode } = changed;
    const change = `${callId} ${dial} ${legSid} ${status}`;
    const destination = log.find(callId)?.rung.filter((rung) => rung.dial === dial)[leg - 1]?.destination;
    if (destination === undefined || this.#legChanges.has(change)) return;
    this.#legChanges.add(change);
    const [oldest] = this.#legChanges;
    if (oldest !== undefined && this.#legChanges.size > legChangesKept) this.#legChanges.delete(oldest);
    const fact: CallFact = { type: 'leg.changed', destination, dial, legSid, status };
    await log.append(callId, { ...fact, ...(errorCode && { errorCode }) });
  }
}

/** The caller's, where Twilio has it: one that only a platform told can't be shown (Twilio, error 13214). */
function numberToShow({ from, to, handedOver }: CallView): string {
  return handedOver?.matchedBy === 'platform-number' ? to : (from ?? to);
}

type Rung = CallView['rung'][number];

/** Who took the call, as far as it is known; else the first that was rung. */
function takerOf(rung: readonly Rung[], legSid: string | undefined): Rung | undefined {
  const there = rung.find(({ status }) => status === 'in-progress');
  if (there?.warm) return there;
  return (
    rung.find(({ choice }) => choice === 'take') ??
    rung.find((each) => legSid !== undefined && each.legSid === legSid) ??
    rung.find(({ status }) => status === 'in-progress') ??
    rung[0]
  );
}

/** To Twilio everybody who picks up has answered. Here that counts once both hear each other, and a key was pressed where one was asked for. */
function resultOf({ result, bridged, callOver }: DialEndedReport, taker: Rung): DialResult {
  if (result !== 'answered') return result;
  const tookIt = !taker.screened || taker.choice === 'take';
  if (tookIt && bridged !== false) return 'answered';
  return callOver ? 'canceled' : 'no-answer';
}

/** A caller who waited in a conference reached whoever joined it. Of those who did not, each phone has told how it fared. */
function warmResultOf({ callOver }: DialEndedReport, rung: readonly Rung[]): DialResult {
  if (rung.some(({ status }) => status === 'in-progress')) return 'answered';
  if (callOver) return 'canceled';
  const same = (['failed', 'busy'] as const).find((result) => rung.every(({ status }) => status === result));
  return same ?? 'no-answer';
}

/** How a destination fared, whatever became of the call: who passes it on or has a message taken is at the phone. */
function heardFrom({ status, choice }: Rung): DialResult | undefined {
  if (choice === 'pass' || choice === 'message') return 'answered';
  return status === 'ringing' || status === 'screening' || status === 'in-progress' ? undefined : status;
}
