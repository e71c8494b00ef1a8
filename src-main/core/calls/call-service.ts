import { randomBytes, randomUUID } from 'node:crypto';
import type { CallFact, CallOutcome, CallView, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import type { AwaitedCalls } from '../awaited-calls/awaited-calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { assertNever } from '../errors.ts';
import type { Clock, Logger, ModelRegistry, TextSender } from '../ports.ts';
import { untilAborted } from '../receptionist/until-aborted.ts';
import { callerNumberOf } from '../routing/caller-number.ts';
import type { RouteService } from '../routing/route-service.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { hangUpTwiml, putThroughTwiml, relayTwiml, voicemailTwiml } from '../twilio/twiml.ts';
import { Briefings } from './briefings.ts';
import { CallDesk, type KnownNumbers } from './call-desk.ts';
import type { CallLinks } from './call-links.ts';
import type { CallLog } from './call-log.ts';
import { CallTexts } from './call-texts.ts';
import { type DialEndedReport, Dialling, type LegChange } from './dialling.ts';
import { HandOver } from './hand-over.ts';
import { type IncomingCall, receivedFact } from './incoming-call.ts';
import { LeftCallers } from './left-callers.ts';
import { afterDial, afterRelay, afterRounds, type NextStep, outcomeOf, ringOrOffer } from './next-step.ts';
import { phrasesFor } from './phrases.ts';
import { RelaySessions } from './relay-sessions.ts';
import type { RungPhone } from './rung-phone.ts';
import { Screening } from './screening.ts';
import { StepAnswers, UnknownStepError } from './step-answers.ts';
import { WarmTransfer } from './warm-transfer.ts';

export interface RelayEndedReport {
  sessionStatus: string;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
  callOver: boolean;
}

export interface CallServiceDeps extends KnownNumbers {
  log: CallLog;
  desk: () => CompiledDesk;
  routes: Pick<RouteService, 'decide' | 'heardOf'>;
  contacts: ContactQueries;
  /** Tells the calls that other platforms were told to make from all others. */
  awaited: Pick<AwaitedCalls, 'arrived'>;
  models: ModelRegistry;
  texts: TextSender;
  twilio: Pick<TwilioRest, 'ask'>;
  links: CallLinks;
  /** Promises the caller a call back by text. Never rejects. @returns whether the caller was told; absent: nothing is promised. */
  makePromise?: (call: CallView) => Promise<boolean>;
  clock: Clock;
  logger: Logger;
}

/** A connected caller and human can say nothing to Patchbay for as long as Twilio's longest call lasts, 24 hours. */
const longestTalkMs = 25 * 60 * 60 * 1000;

/** Everything else reports within its time-outs: ringing at most 120 s, a voicemail at most 120 s. */
const longestSilenceMs = 5 * 60 * 1000;

/** Twilio waits for the answer while a text is sent, and the caller with it. */
const promiseMs = 5_000;

/**
 * Leads each call from its first webhook to its end. Every method answers with the TwiML for Twilio, records the
 * facts first, and answers a step that was answered before with the same TwiML again.
 */
export class CallService {
  readonly #deps: CallServiceDeps;
  readonly #desk: CallDesk;
  readonly #handOver: HandOver;
  /** The AI's side of the calls. */
  readonly relays: RelaySessions;
  readonly #answers: StepAnswers;
  readonly #dialling: Dialling;
  readonly #screening: Screening;
  readonly #left: LeftCallers;
  readonly #warm: WarmTransfer;

  constructor(deps: CallServiceDeps) {
    this.#deps = deps;
    const { log, routes, contacts, models, links, twilio, clock, logger } = deps;
    const desk = new CallDesk(deps.desk, deps);
    const callerLeft = (callSid: string) => void this.callerLeft(callSid);
    const hasLeft = (callId: string) => this.#left.has(callId);
    const warm = new WarmTransfer({ log, desk, links, twilio, callerLeft, hasLeft, clock, logger });
    this.#warm = warm;
    const briefings = new Briefings({ log, desk, models, logger });
    this.#desk = desk;
    this.#answers = new StepAnswers(log);
    this.#handOver = new HandOver({ log, desk, routes, contacts, briefings, logger });
    this.relays = new RelaySessions({
      log,
      desk,
      contacts,
      models,
      texts: new CallTexts({ log, texts: deps.texts }),
      handOver: this.#handOver,
      clock,
      logger,
    });
    this.#dialling = new Dialling({
      log,
      desk,
      links,
      warm,
      heardOf: (destination, result) => routes.heardOf(destination, result, clock.now()),
    });
    this.#screening = new Screening({ log, desk, briefings, links, warm });
    this.#left = new LeftCallers({
      answersUnderWay: (callId) => this.#answers.underWay(callId),
      settled: (callId) => this.#handOver.settled(callId),
      end: (callId) => this.#endLeft(callId),
    });
  }

  /**
   * A call comes in: the AI answers it, or the caller hears that the number is not set up. A caller whom another platform
   * hands over has spoken to an AI already and hears the ringing at once.
   */
  async receive(incoming: IncomingCall): Promise<{ callId: string; twiml: string }> {
    const known = this.#deps.log.idOf(incoming.callSid);
    if (known !== undefined) {
      const answerAgain = () => this.#answerFirst(known);
      return { callId: known, twiml: await this.#answers.once(known, 'voice', false, answerAgain) };
    }
    const callId = randomUUID();
    return { callId, twiml: await this.#answers.make(callId, 'voice', () => this.#begin(callId, incoming)) };
  }

  /** A relay session is over: dial, resume, take a message or hang up. `relay` counts the call's sessions from 1. */
  relayEnded(callId: string, relay: number, report: RelayEndedReport): Promise<string> {
    return this.#answers.once(callId, `relay-${relay}`, report.callOver, async () => {
      this.relays.close(callId);
      await this.#handOver.settled(callId);
      const { callOver, sessionStatus, errorCode, errorMessage } = report;
      this.#append(callId, {
        type: 'relay.ended',
        sessionStatus,
        ...(errorCode && { errorCode }),
        ...(errorMessage && { errorMessage }),
      });
      const call = this.#openCall(callId);
      const step = afterRelay(call, { errorCode, callOver }, this.#desk.standingOf(call));
      const answer = `relay-${relay}`;
      if (step.kind === 'hang-up' && !callOver && !call.endedByAi) {
        return this.#end(callId, answer, step.outcome, this.#desk.phrasesOf(call).thankForMessage);
      }
      if (step.kind !== 'human') return this.#perform(callId, answer, step);
      await this.#handOver.decide(callId, {
        cause: 'relay-failed',
        reason: 'The connection to the AI failed',
        summary: 'The AI could not go on with the call.',
      });
      const decided = this.#openCall(callId);
      return this.#perform(callId, answer, ringOrOffer(decided, this.#desk.standingOf(decided)));
    });
  }

  /** A dial is over. `dial` counts the call's dials from 1. */
  dialEnded(callId: string, dial: number, report: DialEndedReport): Promise<string> {
    return this.#answers.once(callId, `dial-${dial}`, report.callOver, async () => {
      const result = this.#dialling.ended(this.#openCall(callId), dial, report);
      if (result === undefined) throw new UnknownStepError(callId, `dial-${dial}`);
      const call = this.#openCall(callId);
      const step: NextStep = report.callOver
        ? { kind: 'hang-up', outcome: outcomeOf(call) }
        : afterDial(call, result, this.#desk.standingOf(call));
      return this.#perform(callId, `dial-${dial}`, step);
    });
  }

  /** Twilio's status callback of the leg to a phone; any order, and maybe twice. */
  async legChanged(callId: string, phone: RungPhone, change: LegChange): Promise<void> {
    if (phone.warm && !this.#warm.isOnRecord(callId, phone, change)) return;
    await this.#dialling.legChanged(callId, phone.dial, phone.leg, change);
    if (phone.warm) this.#warm.legChanged(callId, phone, change);
  }

  /** Somebody picked up a phone who is to hear something first. */
  pickedUp(callId: string, phone: RungPhone): Promise<string> {
    return this.#beforeBridge(callId, phone, 'picked-up', (call) => this.#screening.pickedUp(call, phone));
  }

  /** The human at a phone pressed a key, or none: `digits` is empty. `time` counts how often one was asked for. */
  keyPressed(callId: string, phone: RungPhone, time: number, digits: string): Promise<string> {
    return this.#beforeBridge(callId, phone, `key-${time}`, async (call) => {
      const twiml = await this.#screening.pressed(call, phone, time, digits);
      if (phone.warm) this.#warm.look(callId);
      return twiml;
    });
  }

  /** A human whose phone was rung over REST has heard who calls, and joins the caller. */
  joined(callId: string, phone: RungPhone): Promise<string> {
    return this.#beforeBridge(callId, phone, 'join', (call) => this.#warm.join(call, phone));
  }

  /** A caller who waits in the conference of a dial is to talk with the human who joins. */
  talk(callId: string, dial: number): Promise<string> {
    const { log } = this.#deps;
    const call = log.view(callId);
    const isOver = call === undefined && log.find(callId) !== undefined;
    // The time was up before the caller was there, who goes on with what follows.
    const follows = log.answerOf(callId, `dial-${dial}`);
    if (call !== undefined && call.waiting?.dial !== dial && follows !== undefined) {
      return Promise.resolve(follows);
    }
    const step = `talk-${dial}`;
    return this.#answers.once(callId, step, isOver, () =>
      this.#answer(callId, step, this.#warm.talk(this.#openCall(callId), dial)),
    );
  }

  /** A caller waits in the conference of a dial no longer: nobody has joined, the time is up, or the caller has hung up. */
  waitEnded(callId: string, dial: number, { callOver }: { callOver: boolean }): Promise<string> {
    const call = this.#deps.log.view(callId);
    if (call !== undefined && !callOver && this.#warm.talksOn(call, dial)) return this.talk(callId, dial);
    return this.dialEnded(callId, dial, { result: 'no-answer', callOver });
  }

  /** The caller has spoken to the voicemail, or said nothing. */
  voicemailEnded(
    callId: string,
    report: { recording: { url: string; seconds: number } | null; callOver: boolean },
  ): Promise<string> {
    const { recording } = report;
    return this.#answers.once(callId, 'voicemail', report.callOver, async () => {
      if (recording !== null) {
        this.#append(callId, {
          type: 'voicemail.recorded',
          recordingUrl: recording.url,
          seconds: recording.seconds,
        });
      }
      const call = this.#openCall(callId);
      const phrases = this.#desk.phrasesOf(call);
      const say = recording === null ? phrases.noMessageHeard : phrases.thankForMessage;
      return this.#end(callId, 'voicemail', outcomeOf(call), say);
    });
  }

  /**
   * Twilio says that the caller's own call is over; twice changes nothing.
   * @returns the id of the call, or undefined when none is on record, or it has ended.
   */
  callerLeft(callSid: string): string | undefined {
    const callId = this.#deps.log.idOf(callSid);
    if (callId === undefined || this.#deps.log.view(callId) === undefined) return undefined;
    this.#left.add(callId);
    this.#warm.letGo(callId);
    return callId;
  }

  /** Ends the calls whose end Twilio did not report; called at start and now and then. */
  async endLostCalls(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const call of this.#deps.log.openCalls()) {
      const limit = call.phase === 'connected' ? longestTalkMs : longestSilenceMs;
      if (this.relays.has(call.id) || now - this.#deps.log.lastFactAt(call.id) <= limit) continue;
      const known = outcomeOf(call);
      const outcome = known === 'caller-hung-up' ? 'lost' : known;
      await this.#append(call.id, { type: 'ended', outcome, detail: 'Twilio did not tell how it ended' });
      this.#letGo(call.id, outcome);
    }
  }

  /** After a start, once the log is restored: goes on with the callers who wait in a conference. */
  resume(): void {
    this.#warm.resume();
  }

  /** Lets go of every session; the calls stay open and are rebuilt at the next start. */
  stop(): void {
    this.#warm.stop();
    this.relays.closeAll();
  }

  async #begin(callId: string, incoming: IncomingCall): Promise<string> {
    const { contacts, clock, logger } = this.#deps;
    const { from, to } = incoming;
    const forwardedFrom = callerNumberOf(incoming.forwardedFrom);
    const arrived = this.#deps.awaited.arrived({ from, to, forwardedFrom }, callId);
    const { handedOver } = arrived ?? {};
    const { callToken } = incoming;
    if (callToken && from !== null) this.#warm.keepToken(callId, { token: callToken, number: from });
    const begun = this.#deps.log.begin(
      callId,
      receivedFact(incoming, arrived, { desk: this.#desk, contacts, clock, logger }),
      ...(handedOver === undefined ? [] : [{ type: 'handed-over' as const, ...handedOver }]),
    );
    if (handedOver === undefined && this.#desk.workflowFor(to) === undefined) {
      const twiml = await this.#end(callId, 'voice', 'not-set-up', phrasesFor('en').notSetUp);
      await begun;
      return twiml;
    }
    return this.#answerFirst(callId);
  }

  /** The AI talks, or, for a caller whom another platform's AI hands over, a human is rung. */
  async #answerFirst(callId: string): Promise<string> {
    const { handedOver } = this.#openCall(callId);
    if (handedOver === null)
      return this.#perform(callId, 'voice', { kind: 'relay', purpose: 'conversation' });
    const { platform, reason, summary, fields } = handedOver;
    await this.#handOver.decide(callId, {
      cause: 'platform',
      reason: reason ?? `${platform} hands the caller over`,
      summary: summary ?? '',
      ...(fields.department && { department: fields.department }),
    });
    const decided = this.#openCall(callId);
    return this.#perform(callId, 'voice', ringOrOffer(decided, this.#desk.standingOf(decided)));
  }

  /**
   * What a human at a phone hears. A caller who has gone is not spoken of; a call of which nothing is known is put through,
   * for a caller may be waiting.
   */
  async #beforeBridge(
    callId: string,
    { dial, leg, warm }: RungPhone,
    moment: string,
    make: (call: CallView) => string | Promise<string>,
  ): Promise<string> {
    if (this.#deps.log.view(callId) === undefined) {
      const mayWait = !warm && this.#deps.log.find(callId) === undefined;
      return mayWait ? putThroughTwiml() : hangUpTwiml();
    }
    if (this.#left.has(callId)) return hangUpTwiml();
    const step = `${warm ? 'warm-' : ''}${moment}-${dial}-${leg}`;
    return this.#answers.once(callId, step, false, async () =>
      this.#answer(callId, step, await make(this.#openCall(callId))),
    );
  }

  async #perform(callId: string, answer: string, step: NextStep): Promise<string> {
    switch (step.kind) {
      case 'relay': {
        const isOffer = step.purpose === 'message' && !this.#openCall(callId).offered.includes('message');
        if (isOffer) this.#append(callId, { type: 'nobody.answered', offer: 'message' });
        return this.#offerRelay(callId, answer, step.purpose);
      }
      case 'dial': {
        const ringing = await this.#dialling.ring(this.#openCall(callId), step.round);
        const twiml = await this.#answer(callId, answer, ringing);
        this.#warm.look(callId);
        return twiml;
      }
      case 'voicemail': {
        this.#append(callId, { type: 'nobody.answered', offer: 'voicemail' });
        const call = this.#openCall(callId);
        const twiml = voicemailTwiml({
          say: this.#desk.phrasesOf(call).leaveVoicemail,
          language: this.#desk.languageOf(call),
          actionUrl: this.#deps.links.voicemailEnded(callId),
        });
        return this.#answer(callId, answer, twiml);
      }
      case 'text':
        return this.#promiseText(callId, answer);
      case 'good-bye': {
        this.#append(callId, { type: 'nobody.answered', offer: 'good-bye' });
        const call = this.#openCall(callId);
        return this.#end(callId, answer, outcomeOf(call), this.#desk.phrasesOf(call).sorryGoodbye);
      }
      case 'hang-up':
        return this.#end(callId, answer, step.outcome);
      default:
        return assertNever(step);
    }
  }

  /** The caller is promised a call back, or gets what comes next in the plan where that can't be done. */
  async #promiseText(callId: string, answer: string): Promise<string> {
    this.#append(callId, { type: 'nobody.answered', offer: 'text' });
    const told = await this.#makePromise(this.#openCall(callId));
    const call = this.#openCall(callId);
    const phrases = this.#desk.phrasesOf(call);
    // The text came after a message that was taken, or declined.
    if (call.offered.includes('message')) {
      return this.#end(callId, answer, outcomeOf(call), call.endedByAi ? undefined : phrases.thankForMessage);
    }
    if (told) return this.#end(callId, answer, outcomeOf(call), phrases.textedGoodbye);
    return this.#perform(callId, answer, afterRounds(call, this.#desk.standingOf(call)));
  }

  async #makePromise(call: CallView): Promise<boolean> {
    const making = this.#deps.makePromise?.(call);
    return (making && (await untilAborted(making, AbortSignal.timeout(promiseMs)))) ?? false;
  }

  #offerRelay(callId: string, answer: string, purpose: RelayPurpose): Promise<string> {
    const { links } = this.#deps;
    const token = randomBytes(32).toString('base64url');
    this.#append(callId, { type: 'relay.offered', token, purpose });
    const call = this.#openCall(callId);
    const twiml = relayTwiml({
      relayUrl: links.relay(token),
      actionUrl: links.relayEnded(callId, call.relaysOffered),
      greeting: this.#desk.greetingFor(call, purpose),
      language: this.#desk.languageOf(call),
    });
    return this.#answer(callId, answer, twiml);
  }

  async #answer(callId: string, step: string, twiml: string): Promise<string> {
    await this.#append(callId, { type: 'answered', step, twiml });
    return twiml;
  }

  async #end(callId: string, step: string, outcome: CallOutcome, say?: string): Promise<string> {
    const call = this.#openCall(callId);
    const twiml = hangUpTwiml(say === undefined ? undefined : { say, language: this.#desk.languageOf(call) });
    await this.#append(callId, { type: 'answered', step, twiml }, { type: 'ended', outcome });
    this.#letGo(callId, outcome);
    return twiml;
  }

  async #endLeft(callId: string): Promise<void> {
    const call = this.#deps.log.view(callId);
    if (call === undefined) return;
    const outcome = outcomeOf(call);
    const ended = this.#append(callId, { type: 'ended', outcome, detail: 'The caller’s call was over' });
    this.#letGo(callId, outcome);
    await ended;
  }

  #letGo(callId: string, outcome: CallOutcome): void {
    this.relays.close(callId);
    this.#warm.letGo(callId);
    this.#deps.logger.info('A call has ended', { callId, outcome });
  }

  #append(callId: string, ...facts: CallFact[]) {
    return this.#deps.log.append(callId, ...facts);
  }

  #openCall(callId: string): CallView {
    const call = this.#deps.log.view(callId);
    if (call === undefined) throw new Error(`call ${callId} is not open`);
    return call;
  }
}
