import { randomBytes, randomUUID } from 'node:crypto';
import type { CallFact, CallOutcome, CallView, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import { integrationIdOf } from '../../../src-preload/contract/desk.ts';
import type { ArrivedTransfer, AwaitedCalls } from '../awaited-calls/awaited-calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { assertNever, messageOf } from '../errors.ts';
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
import { LeftCallers } from './left-callers.ts';
import { afterDial, afterRelay, afterRounds, type NextStep, outcomeOf, ringOrOffer } from './next-step.ts';
import { phrasesFor } from './phrases.ts';
import { type RelayConnection, RelaySession } from './relay-session.ts';
import { mayTransferAgain } from './ring-plan.ts';
import type { RungPhone } from './rung-phone.ts';
import { Screening } from './screening.ts';
import { WarmTransfer } from './warm-transfer.ts';

/** A call as Twilio's voice webhook announces it, with numbers in E.164. */
export interface IncomingCall {
  callSid: string;
  accountSid: string;
  from: string | null;
  to: string;
  forwardedFrom?: string | undefined;
  callerName?: string | undefined;
  stirVerstat?: string | undefined;
  /** With it phones may be rung over REST that see the caller's number. */
  callToken?: string | undefined;
}

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

/** A caller is on the line, and Patchbay knows nothing of this step of the call: its record was lost. */
export class UnknownStepError extends Error {
  override readonly name = 'UnknownStepError';
  readonly callId: string;
  readonly step: string;

  constructor(callId: string, step: string) {
    super(`nothing is known of step ${step} of call ${callId}`);
    this.callId = callId;
    this.step = step;
  }
}

/**
 * Leads each call from its first webhook to its end. Every method answers with the TwiML for Twilio, records the
 * facts first, and answers a step that was answered before with the same TwiML again.
 */
export class CallService {
  readonly #deps: CallServiceDeps;
  readonly #desk: CallDesk;
  readonly #handOver: HandOver;
  readonly #sessions = new Map<string, RelaySession>();
  readonly #answering = new Map<string, Promise<string>>();
  readonly #dialling: Dialling;
  readonly #screening: Screening;
  readonly #texts: CallTexts;
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
    this.#texts = new CallTexts({ log, texts: deps.texts });
    this.#handOver = new HandOver({ log, desk, routes, contacts, briefings, logger });
    this.#dialling = new Dialling({
      log,
      desk,
      links,
      warm,
      heardOf: (destination, result) => routes.heardOf(destination, result, clock.now()),
    });
    this.#screening = new Screening({ log, desk, briefings, links, warm });
    this.#left = new LeftCallers({
      answersUnderWay: (callId) => this.#answersUnderWay(callId),
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
      return { callId: known, twiml: await this.#once(known, 'voice', false, answerAgain) };
    }
    const callId = randomUUID();
    return { callId, twiml: await this.#making(callId, 'voice', () => this.#begin(callId, incoming)) };
  }

  /** A relay session is over: dial, resume, take a message or hang up. `relay` counts the call's sessions from 1. */
  relayEnded(callId: string, relay: number, report: RelayEndedReport): Promise<string> {
    return this.#once(callId, `relay-${relay}`, report.callOver, async () => {
      this.#sessions.get(callId)?.close();
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
    return this.#once(callId, `dial-${dial}`, report.callOver, async () => {
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
    return this.#once(callId, step, isOver, () =>
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
    return this.#once(callId, 'voicemail', report.callOver, async () => {
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
   * The call whose relay address this is, as long as it lasts.
   * @returns undefined when the token is no open call's current one.
   */
  callOfRelay(token: string): CallView | undefined {
    return this.#deps.log
      .openCalls()
      .find(({ relay }) => relay !== null && relay.token === token && !relay.over);
  }

  /** The WebSocket of a call's relay is open. A second one for the same session takes the place of the first. */
  connectRelay(call: CallView, connection: RelayConnection): RelaySession | undefined {
    const workflow = this.#desk.workflowOf(call);
    const purpose = call.relay?.purpose;
    if (workflow === undefined || purpose === undefined) return undefined;
    this.#sessions.get(call.id)?.close();
    const { log, contacts, models, clock, logger } = this.#deps;
    const session = new RelaySession({
      callId: call.id,
      workflow,
      purpose,
      mayTransfer: purpose !== 'message' || mayTransferAgain(call),
      greeting: this.#desk.greetingFor(call, purpose),
      connection,
      log,
      caller: () => contacts.card(call.from, call.id),
      model: () => models.model(workflow.model),
      sendText: (textId) => this.#texts.send(call.id, textId, workflow),
      handOver: (request) => this.#handOver.decide(call.id, request),
      clock,
      logger,
      onClosed: () => {
        if (this.#sessions.get(call.id) === session) this.#sessions.delete(call.id);
      },
    });
    this.#sessions.set(call.id, session);
    return session;
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
      if (this.#sessions.has(call.id) || now - this.#deps.log.lastFactAt(call.id) <= limit) continue;
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
    for (const session of this.#sessions.values()) session.close();
  }

  async #begin(callId: string, incoming: IncomingCall): Promise<string> {
    const { from, to } = incoming;
    const forwardedFrom = callerNumberOf(incoming.forwardedFrom);
    const arrived = this.#deps.awaited.arrived({ from, to, forwardedFrom }, callId);
    const { handedOver } = arrived ?? {};
    const { callToken } = incoming;
    if (callToken && from !== null) this.#warm.keepToken(callId, { token: callToken, number: from });
    const begun = this.#deps.log.begin(
      callId,
      this.#received(incoming, arrived),
      ...(handedOver === undefined ? [] : [{ type: 'handed-over' as const, ...handedOver }]),
    );
    if (handedOver === undefined && this.#desk.workflowFor(to) === undefined) {
      const twiml = await this.#end(callId, 'voice', 'not-set-up', phrasesFor('en').notSetUp);
      await begun;
      return twiml;
    }
    return this.#answerFirst(callId);
  }

  #received(
    incoming: IncomingCall,
    arrived: ArrivedTransfer | null,
  ): Extract<CallFact, { type: 'received' }> {
    const { callSid, accountSid, to, forwardedFrom, callerName, stirVerstat } = incoming;
    const workflow = this.#desk.workflowFor(to);
    const from = arrived === null ? incoming.from : arrived.caller;
    const contact = this.#contactOf(from);
    const integrationId = arrived?.handedOver.integrationId ?? (workflow && integrationIdOf(workflow));
    // What Twilio knows of a number that is not the caller's says nothing of the caller.
    const isOfCaller = from === incoming.from;
    return {
      type: 'received',
      callSid,
      accountSid,
      from,
      to,
      workflowId: workflow?.id ?? null,
      workflowName: workflow?.name ?? null,
      model: workflow?.model ?? null,
      contactId: contact?.contact.id ?? null,
      contactName: contact?.contact.name ?? null,
      contactKnown: contact?.known ?? false,
      safetyNet: integrationId === undefined ? null : this.#desk.safetyNetOf(integrationId),
      ...(forwardedFrom && { forwardedFrom }),
      ...(callerName && isOfCaller && { callerName }),
      ...(stirVerstat && isOfCaller && { stirVerstat }),
    };
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
    return this.#once(callId, step, false, async () =>
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

  #answersUnderWay(callId: string): Promise<string>[] {
    return [...this.#answering].flatMap(([key, answer]) => (key.startsWith(`${callId} `) ? [answer] : []));
  }

  #letGo(callId: string, outcome: CallOutcome): void {
    this.#sessions.get(callId)?.close();
    this.#warm.letGo(callId);
    this.#deps.logger.info('A call has ended', { callId, outcome });
  }

  /**
   * Makes a step's answer once; while it is being made, and ever after, the same TwiML answers again.
   * @throws UnknownStepError when there is a caller on the line and nothing is known of this step.
   */
  async #once(callId: string, step: string, callOver: boolean, make: () => Promise<string>): Promise<string> {
    const underWay = this.#answering.get(`${callId} ${step}`);
    if (underWay !== undefined) return underWay;
    const answered = this.#deps.log.answerOf(callId, step);
    if (answered !== undefined) return answered;
    if (this.#deps.log.view(callId) !== undefined) return this.#making(callId, step, make);
    if (callOver) return hangUpTwiml();
    throw new UnknownStepError(callId, step);
  }

  #making(callId: string, step: string, make: () => Promise<string>): Promise<string> {
    const key = `${callId} ${step}`;
    const making = make().finally(() => this.#answering.delete(key));
    this.#answering.set(key, making);
    return making;
  }

  #append(callId: string, ...facts: CallFact[]) {
    return this.#deps.log.append(callId, ...facts);
  }

  #openCall(callId: string): CallView {
    const call = this.#deps.log.view(callId);
    if (call === undefined) throw new Error(`call ${callId} is not open`);
    return call;
  }

  /** A database that can't make the contact must not cost the caller the call. */
  #contactOf(number: string | null): ReturnType<ContactQueries['ensure']> | undefined {
    if (number === null) return undefined;
    try {
      return this.#deps.contacts.ensure(number, this.#deps.clock.now());
    } catch (thrown) {
      this.#deps.logger.warn('The contact of a call could not be kept', { problem: messageOf(thrown) });
      return undefined;
    }
  }
}
