import { randomBytes, randomUUID } from 'node:crypto';
import type { CallFact, CallOutcome, CallView, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { assertNever, messageOf } from '../errors.ts';
import type { Clock, Logger, ModelRegistry, TextSender } from '../ports.ts';
import { untilAborted } from '../receptionist/until-aborted.ts';
import type { RouteService } from '../routing/route-service.ts';
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
import { type RungPhone, Screening } from './screening.ts';

/** A call as Twilio's voice webhook announces it, with numbers in E.164. */
export interface IncomingCall {
  callSid: string;
  accountSid: string;
  from: string | null;
  to: string;
  forwardedFrom?: string | undefined;
  callerName?: string | undefined;
  stirVerstat?: string | undefined;
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
  models: ModelRegistry;
  texts: TextSender;
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

  constructor(deps: CallServiceDeps) {
    this.#deps = deps;
    const { log, routes, contacts, models, links, clock, logger } = deps;
    const desk = new CallDesk(deps.desk, deps);
    const briefings = new Briefings({ log, desk, models, logger });
    this.#desk = desk;
    this.#texts = new CallTexts({ log, texts: deps.texts });
    this.#handOver = new HandOver({ log, desk, routes, contacts, briefings, logger });
    this.#dialling = new Dialling({
      log,
      desk,
      links,
      heardOf: (destination, result) => routes.heardOf(destination, result, clock.now()),
    });
    this.#screening = new Screening({ log, desk, briefings, links });
    this.#left = new LeftCallers({
      answersUnderWay: (callId) => this.#answersUnderWay(callId),
      settled: (callId) => this.#handOver.settled(callId),
      end: (callId) => this.#endLeft(callId),
    });
  }

  /** A call comes in: the AI answers it, or the caller hears that the number is not set up. */
  async receive(incoming: IncomingCall): Promise<{ callId: string; twiml: string }> {
    const known = this.#deps.log.idOf(incoming.callSid);
    if (known !== undefined) {
      const answerAgain = () => this.#perform(known, 'voice', { kind: 'relay', purpose: 'conversation' });
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
  legChanged(callId: string, { dial, leg }: RungPhone, change: LegChange): Promise<void> {
    return this.#dialling.legChanged(callId, dial, leg, change);
  }

  /** Somebody picked up a phone who is to hear something first. */
  pickedUp(callId: string, phone: RungPhone): Promise<string> {
    const step = `picked-up-${phone.dial}-${phone.leg}`;
    return this.#beforeBridge(callId, step, (call) => this.#screening.pickedUp(call, phone));
  }

  /** The human at a phone pressed a key, or none: `digits` is empty. `time` counts how often one was asked for. */
  keyPressed(callId: string, phone: RungPhone, time: number, digits: string): Promise<string> {
    const step = `key-${phone.dial}-${phone.leg}-${time}`;
    return this.#beforeBridge(callId, step, (call) => this.#screening.pressed(call, phone, time, digits));
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

  /** Lets go of every session; the calls stay open and are rebuilt at the next start. */
  stop(): void {
    for (const session of this.#sessions.values()) session.close();
  }

  async #begin(callId: string, incoming: IncomingCall): Promise<string> {
    const workflow = this.#desk.workflowFor(incoming.to);
    const contact = this.#contactOf(incoming.from);
    const received: Extract<CallFact, { type: 'received' }> = {
      type: 'received',
      callSid: incoming.callSid,
      accountSid: incoming.accountSid,
      from: incoming.from,
      to: incoming.to,
      workflowId: workflow?.id ?? null,
      workflowName: workflow?.name ?? null,
      model: workflow?.model ?? null,
      contactId: contact?.contact.id ?? null,
      contactName: contact?.contact.name ?? null,
      contactKnown: contact?.known ?? false,
      safetyNet: workflow === undefined ? null : this.#desk.safetyNetOf(workflow),
      ...(incoming.forwardedFrom && { forwardedFrom: incoming.forwardedFrom }),
      ...(incoming.callerName && { callerName: incoming.callerName }),
      ...(incoming.stirVerstat && { stirVerstat: incoming.stirVerstat }),
    };
    const begun = this.#deps.log.begin(callId, received);
    if (workflow === undefined) {
      const twiml = await this.#end(callId, 'voice', 'not-set-up', phrasesFor('en').notSetUp);
      await begun;
      return twiml;
    }
    return this.#perform(callId, 'voice', { kind: 'relay', purpose: 'conversation' });
  }

  /**
   * What a human at a phone hears. A caller who has gone is not spoken of; a call of which nothing is known is put through,
   * for a caller may be waiting.
   */
  async #beforeBridge(callId: string, step: string, make: (call: CallView) => string): Promise<string> {
    if (this.#deps.log.view(callId) === undefined) {
      return this.#deps.log.find(callId) === undefined ? putThroughTwiml() : hangUpTwiml();
    }
    if (this.#left.has(callId)) return hangUpTwiml();
    return this.#once(callId, step, false, () => this.#answer(callId, step, make(this.#openCall(callId))));
  }

  async #perform(callId: string, answer: string, step: NextStep): Promise<string> {
    switch (step.kind) {
      case 'relay': {
        const isOffer = step.purpose === 'message' && !this.#openCall(callId).offered.includes('message');
        if (isOffer) this.#append(callId, { type: 'nobody.answered', offer: 'message' });
        return this.#offerRelay(callId, answer, step.purpose);
      }
      case 'dial':
        return this.#answer(callId, answer, this.#dialling.ring(this.#openCall(callId), step.round));
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
