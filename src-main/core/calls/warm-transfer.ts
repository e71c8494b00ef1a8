import type { CallView } from '../../../src-preload/contract/calls.ts';
import type { Clock, Logger } from '../ports.ts';
import { isCallOver } from '../twilio/call-status.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { hangUpTwiml, talkTwiml, waitTwiml } from '../twilio/twiml.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallLinks } from './call-links.ts';
import type { CallLog } from './call-log.ts';
import type { LegChange } from './dialling.ts';
import { RestCalls, type RestPacing } from './rest-calls.ts';
import { askingSeconds, type Round, warmSeconds } from './ring-plan.ts';
import { type RungPhone, rungAt } from './rung-phone.ts';
import { dialsOf } from './rung-state.ts';

export interface WarmTransferDeps {
  log: CallLog;
  desk: CallDesk;
  links: CallLinks;
  twilio: Pick<TwilioRest, 'ask'>;
  /** Twilio says that a caller's own call is over. */
  callerLeft: (callSid: string) => void;
  /** Whether Twilio has said so of a call that is open on record. */
  hasLeft: (callId: string) => boolean;
  clock: Clock;
  logger: Logger;
  /** A test brings its own. */
  pacing?: Pacing;
}

/** How long Twilio is waited for, in milliseconds. */
export interface Pacing extends RestPacing {
  /** Twilio takes about as long to carry out the TwiML with which a caller waits; before that nobody can be led out. */
  entering: number;
  /** Twilio reports the end of a conversation and the end of the human's leg at about the same time. */
  reporting: number;
}

const enteringMs = 1_000;
const reportingMs = 5_000;

/** Within so many seconds of its limit a wait has ended because of it. */
const limitIsSharpTo = 3;

/**
 * With it Twilio shows the number of a call that came in to whoever is rung over REST. It is worth a call in that name, so it
 * is never written down.
 */
export interface CallToken {
  token: string;
  /** The number that it is for, E.164. */
  number: string;
}

type Rung = CallView['rung'][number];

/**
 * Lets a caller wait in a conference while Twilio rings the phones of a dial over REST. Whoever hears the briefing to its
 * end, or takes the call, joins the caller. Nobody waits for longer than the time that `<Dial>` is given for it, even when
 * Patchbay or Twilio's REST API is away; for the talk that follows, the caller is led into the conference anew.
 */
export class WarmTransfer {
  readonly #deps: WarmTransferDeps;
  readonly #rest: RestCalls;
  readonly #enteringMs: number;
  readonly #reportingMs: number;
  readonly #callTokens = new Map<string, CallToken>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** The leg whose human is just about to join, by dial. */
  readonly #joining = new Map<string, number>();
  /** The latest dial out of whose conference a caller was led: once, for what follows it must not be disturbed. */
  readonly #ledOut = new Map<string, number>();
  #stopped = false;

  constructor(deps: WarmTransferDeps) {
    this.#deps = deps;
    const { twilio, logger, pacing } = deps;
    this.#rest = new RestCalls({ twilio, logger, ...(pacing && { pacing }) });
    this.#enteringMs = pacing?.entering ?? enteringMs;
    this.#reportingMs = pacing?.reporting ?? reportingMs;
  }

  keepToken(callId: string, callToken: CallToken): void {
    this.#callTokens.set(callId, callToken);
  }

  /** What a phone that is rung over REST shows: a caller's number only as long as Twilio's token for it is known. */
  callerIdOf(call: CallView, wanted: string): string {
    return this.#callTokens.get(call.id)?.number === wanted ? wanted : call.to;
  }

  /**
   * Has Twilio ring the phones of a dial that is on record.
   * @param say said to the caller first
   * @returns the TwiML with which the caller waits; `problem` when no phone could be rung so
   */
  async ring(
    call: CallView,
    dial: number,
    round: Round,
    plan: { callerId: string; say: string | undefined },
  ): Promise<{ twiml: string } | { problem: string }> {
    const { log, desk, links } = this.#deps;
    const { callerId, say } = plan;
    const token = this.#callTokens.get(call.id);
    const placed = await Promise.all(
      round.destinations.map(async (destination, index) => ({
        destination,
        ...(await this.#rest.ring(call, {
          to: destination,
          from: callerId,
          ...(token?.number === callerId && { callToken: token.token }),
          ringSeconds: round.seconds,
          pickedUpUrl: links.warm.pickedUp(call.id, dial, index + 1),
          legStatusUrl: links.warm.legChanged(call.id, dial, index + 1),
        })),
      })),
    );
    const problems = placed.flatMap((each) => ('problem' in each ? [each.problem] : []));
    if (problems.length === placed.length) return { problem: problems[0] ?? 'there is no phone' };
    for (const each of placed) {
      const about = { destination: each.destination, dial };
      if ('problem' in each) {
        void log.append(call.id, { type: 'leg.refused', ...about, problem: each.problem });
      } else {
        void log.append(call.id, { type: 'leg.placed', ...about, legSid: each.legSid });
      }
    }
    const seconds = round.seconds + warmSeconds + askingSeconds(desk.standingOf(call).rules);
    void log.append(call.id, { type: 'caller.waits', dial, seconds });
    const twiml = waitTwiml({
      room: roomOf(call.id, dial),
      longestSeconds: seconds,
      actionUrl: links.warm.over(call.id, dial),
      say,
      language: desk.languageOf(call),
    });
    return { twiml };
  }

  /** A human is ready to talk: the first of a dial joins the caller. @returns TwiML for that human. */
  async join(call: CallView, phone: RungPhone): Promise<string> {
    const { log, desk, hasLeft } = this.#deps;
    const rung = rungAt(call, phone);
    const key = `${call.id} ${phone.dial}`;
    const isTaken = (this.#joining.get(key) ?? phone.leg) !== phone.leg;
    if (isTaken || (rung?.status === 'canceled' && call.phase === 'connected')) {
      const { takenAlready } = desk.phrasesOf(call).briefing;
      return hangUpTwiml({ say: takenAlready, language: desk.languageOf(call) });
    }
    if (rung === undefined || rung.endedAt !== null) return hangUpTwiml();
    this.#joining.set(key, phone.leg);
    try {
      if ((await this.#leadToTalk(call, phone.dial)) === 'gone') return hangUpTwiml();
      const now = log.view(call.id);
      const ready = now && rungAt(now, phone);
      if (now === undefined || ready?.endedAt !== null || hasLeft(call.id)) return hangUpTwiml();
      await log.append(call.id, { type: 'leg.joined', destination: rung.destination, dial: phone.dial });
      this.hangUp(
        now,
        now.rung.filter((each) => each.dial === phone.dial && each !== ready),
      );
      return talkTwiml({ room: roomOf(call.id, phone.dial) });
    } finally {
      this.#joining.delete(key);
      this.look(call.id);
    }
  }

  /** How the caller of a dial enters the conference to talk. */
  talk(call: CallView, dial: number): string {
    return talkTwiml({
      room: roomOf(call.id, dial),
      actionUrl: this.#deps.links.dialEnded(call.id, dial),
    });
  }

  /** Whether a caller whose wait has ended is in the middle of a talk: Twilio could not be told that it may last. */
  talksOn(call: CallView, dial: number): boolean {
    if (call.waiting?.dial !== dial || !isJoined(call, dial)) return false;
    const waited = (this.#deps.clock.now() - call.waiting.since) / 1000;
    return waited >= call.waiting.seconds - limitIsSharpTo;
  }

  /** @returns whether the change is of a leg that is on record; any other one is hung up. */
  isOnRecord(callId: string, phone: RungPhone, { legSid, status }: LegChange): boolean {
    const { log } = this.#deps;
    const isOver = isCallOver(status);
    if (isOver) this.#rest.noteOver(legSid);
    const call = log.find(callId);
    const rung = call && rungAt(call, phone);
    if (call === undefined || rung === undefined) return false;
    const isKnown = rung.warm && (rung.legSid === null || rung.legSid === legSid);
    const isWanted = isKnown && rung.endedAt === null && log.view(callId) !== undefined;
    if (!isOver && !isWanted) this.#rest.hangUp(call, legSid);
    return isKnown;
  }

  /** A change of a leg stands in the record. */
  legChanged(callId: string, phone: RungPhone, { status }: LegChange): void {
    const rung = this.#phoneOf(callId, phone);
    if (isCallOver(status) && rung?.status === 'in-progress' && rung.endedAt === null) {
      const later = setTimeout(() => void this.#part(callId, phone), this.#reportingMs);
      later.unref();
    }
    this.look(callId);
  }

  /** Leads a caller out of the conference whom nobody can join any more, and looks again when a phone has rung long enough. */
  look(callId: string): void {
    const call = this.#deps.log.view(callId);
    clearTimeout(this.#timers.get(callId));
    this.#timers.delete(callId);
    if (call === undefined || call.waiting === null || this.#deps.hasLeft(callId)) return;
    if (this.#stopped) return;
    const { dial } = call.waiting;
    if (isJoined(call, dial) || this.#joining.has(`${callId} ${dial}`)) return;
    const open = call.rung.filter((rung) => rung.dial === dial && rung.endedAt === null);
    const entersUntil = call.waiting.since + this.#enteringMs;
    const leftMs = Math.max(entersUntil, ...open.map(rungOutAt)) - this.#deps.clock.now();
    // Who is asked for a key is heard of by itself; a phone that still rings may have stopped unheard of.
    if (leftMs <= 0 && open.every(({ status }) => status === 'ringing')) {
      void this.#leadOut(callId, dial);
    } else if (leftMs > 0) {
      const timer = setTimeout(() => this.look(callId), leftMs);
      timer.unref();
      this.#timers.set(callId, timer);
    }
  }

  /** The caller has hung up, or the call is over: nobody is rung any longer. */
  letGo(callId: string): void {
    clearTimeout(this.#timers.get(callId));
    this.#timers.delete(callId);
    this.#callTokens.delete(callId);
    this.#ledOut.delete(callId);
    const call = this.#deps.log.find(callId);
    if (call === undefined) return;
    this.hangUp(
      call,
      call.rung.filter(({ dial }) => dial === dialsOf(call.rung)),
    );
  }

  /**
   * Hangs up phones that were rung over REST, and that are not known to be over. Returns at once. Whoever joined leaves with
   * the conference, and is hung up only when nothing is heard of that.
   */
  hangUp(call: CallView, phones: readonly Rung[]): void {
    for (const { warm, legSid, status } of phones) {
      if (!warm || legSid === null) continue;
      if (status !== 'in-progress' && status !== 'answered') this.#rest.hangUp(call, legSid);
      else setTimeout(() => this.#rest.hangUp(call, legSid), this.#reportingMs).unref();
    }
  }

  /** After a start: goes on where the events say that callers wait. */
  resume(): void {
    for (const call of this.#deps.log.openCalls()) {
      const isForgotten = ({ dial, endedAt }: Rung) => endedAt === null && dial !== call.waiting?.dial;
      // Patchbay stopped before the caller was told to wait.
      if (!isTalking(call)) this.hangUp(call, call.rung.filter(isForgotten));
      this.look(call.id);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#rest.stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /**
   * Leads the caller into the conference anew, without a limit. Where that fails caller and human meet all the same, and
   * the limit is met when it comes (`talksOn`).
   */
  async #leadToTalk(call: CallView, dial: number): Promise<'led' | 'gone' | 'unsure'> {
    const led = await this.#rest.lead(call, this.#deps.links.warm.talk(call.id, dial));
    if (led === 'gone') this.#deps.callerLeft(call.callSid);
    return led;
  }

  async #leadOut(callId: string, dial: number): Promise<void> {
    const { log, links, callerLeft, hasLeft } = this.#deps;
    if (this.#ledOut.get(callId) === dial) return;
    this.#ledOut.set(callId, dial);
    const waits = () => {
      const call = log.view(callId);
      const isWaiting = call?.waiting?.dial === dial && !isJoined(call, dial) && !hasLeft(callId);
      return isWaiting ? call : undefined;
    };
    const ended = await this.#rest.insistOnLeading(waits, links.warm.over(callId, dial));
    const call = waits();
    if (call === undefined || ended === 'done') return;
    if (ended === 'gone') {
      callerLeft(call.callSid);
      return;
    }
    const text = `Twilio could not be told that nobody joins the caller, who waits until the time is up: ${ended.problem}`;
    await log.append(callId, { type: 'note', text });
  }

  /** A human who joined has gone, and the caller has heard nothing of it. */
  async #part(callId: string, phone: RungPhone): Promise<void> {
    const rung = this.#phoneOf(callId, phone);
    if (rung?.status !== 'in-progress' || rung.endedAt !== null || this.#stopped) return;
    const { destination, dial } = rung;
    await this.#deps.log.append(callId, { type: 'leg.parted', destination, dial });
    this.look(callId);
  }

  #phoneOf(callId: string, phone: RungPhone): Rung | undefined {
    const call = this.#deps.log.view(callId);
    return call && rungAt(call, phone);
  }
}

/** The conference's name; it says nothing of who talks. */
export function roomOf(callId: string, dial: number): string {
  return `patchbay-${callId}-${dial}`;
}

function isJoined(call: CallView, dial: number): boolean {
  return call.rung.some((rung) => rung.dial === dial && rung.status === 'in-progress');
}

function isTalking({ rung }: CallView): boolean {
  return rung.some(({ status }) => status === 'in-progress');
}

/** Unix time at which a phone has certainly stopped ringing. */
function rungOutAt({ startedAt, ringSeconds }: Rung): number {
  return startedAt + (ringSeconds + warmSeconds) * 1000;
}
