import { randomBytes, randomUUID } from 'node:crypto';
import type {
  CallFact,
  CallOutcome,
  CallView,
  DialResult,
  RelayPurpose,
} from '../../../src-preload/contract/calls.ts';
import type { ContactQueries } from '../database/contacts.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { assertNever, messageOf } from '../errors.ts';
import type { Clock, Logger, ModelRegistry, TextSender } from '../ports.ts';
import type { RouteService } from '../routing/route-service.ts';
import { dialTwiml, hangUpTwiml, relayTwiml, voicemailTwiml } from '../twilio/twiml.ts';
import { CallDesk } from './call-desk.ts';
import type { CallLog } from './call-log.ts';
import { CallTexts } from './call-texts.ts';
import { HandOver } from './hand-over.ts';
import { LeftCallers } from './left-callers.ts';
import { afterDial, afterRelay, type NextStep, nextDestination, outcomeOf } from './next-step.ts';
import { phrasesFor } from './phrases.ts';
import { type RelayConnection, RelaySession } from './relay-session.ts';

/** Where Twilio reaches what belongs to one call. All are absolute addresses under the public URL. */
export interface CallLinks {
  relay(token: string): string;
  relayEnded(callId: string, relay: number): string;
  dialEnded(callId: string, dial: number): string;
  legChanged(callId: string, dial: number): string;
  voicemailEnded(callId: string): string;
}

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

export interface DialEndedReport {
  result: DialResult;
  legSid?: string | undefined;
  talkSeconds?: number | undefined;
  callOver: boolean;
}

export interface CallServiceDeps {
  log: CallLog;
  desk: () => CompiledDesk;
  routes: Pick<RouteService, 'decide'>;
  contacts: ContactQueries;
  models: ModelRegistry;
  texts: TextSender;
  links: CallLinks;
  /** How long a destination may ring instead of `seconds`, so that its voicemail does not take the caller. */
  ringSecondsFor: (destination: string, seconds: number) => number;
  clock: Clock;
  logger: Logger;
}

/** A connected caller and human can say nothing to Patchbay for as long as Twilio's longest call lasts, 24 hours. */
const longestTalkMs = 25 * 60 * 60 * 1000;

/** Everything else reports within its time-outs: ringing at most 120 s, a voicemail at most 120 s. */
const longestSilenceMs = 5 * 60 * 1000;

/** Leg changes arrive within a call; this is enough for a hundred calls at once. */
const legChangesKept = 2000;

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
  /** The latest leg changes, because Twilio may report one twice. */
  readonly #legChanges = new Set<string>();
  readonly #texts: CallTexts;
  readonly #left: LeftCallers;

  constructor(deps: CallServiceDeps) {
    this.#deps = deps;
    const { log, routes, contacts, logger } = deps;
    this.#desk = new CallDesk(deps.desk);
    this.#texts = new CallTexts({ log, texts: deps.texts });
    this.#handOver = new HandOver({ log, desk: this.#desk, routes, contacts, logger });
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
      const step = afterRelay(call, { errorCode, callOver, aiIsThere: this.#aiIsThere(call) });
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
      return this.#dialNext(callId, answer);
    });
  }

  /** A dial is over. `dial` counts the call's dials from 1. */
  dialEnded(callId: string, dial: number, report: DialEndedReport): Promise<string> {
    return this.#once(callId, `dial-${dial}`, report.callOver, async () => {
      const call = this.#openCall(callId);
      const destination = call.rung[dial - 1]?.destination;
      if (destination === undefined) throw new UnknownStepError(callId, `dial-${dial}`);
      const { result, legSid, talkSeconds, callOver } = report;
      this.#append(callId, {
        type: 'dial.ended',
        destination,
        result,
        ...(legSid && { legSid }),
        ...(talkSeconds !== undefined && { talkSeconds }),
      });
      const after = this.#openCall(callId);
      const step: NextStep = callOver
        ? { kind: 'hang-up', outcome: outcomeOf(after) }
        : afterDial(after, result, this.#aiIsThere(after));
      return this.#perform(callId, `dial-${dial}`, step);
    });
  }

  /** Twilio's status callback of the leg to a destination; any order, and maybe twice. */
  async legChanged(
    callId: string,
    dial: number,
    leg: { legSid: string; status: string; errorCode?: string },
  ): Promise<void> {
    const change = `${callId} ${dial} ${leg.legSid} ${leg.status}`;
    const destination = this.#deps.log.find(callId)?.rung[dial - 1]?.destination;
    if (destination === undefined || this.#legChanges.has(change)) return;
    this.#legChanges.add(change);
    const [oldest] = this.#legChanges;
    if (oldest !== undefined && this.#legChanges.size > legChangesKept) this.#legChanges.delete(oldest);
    await this.#deps.log.append(callId, {
      type: 'leg.changed',
      destination,
      legSid: leg.legSid,
      status: leg.status,
      ...(leg.errorCode && { errorCode: leg.errorCode }),
    });
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

  async #perform(callId: string, answer: string, step: NextStep): Promise<string> {
    switch (step.kind) {
      case 'relay':
        return this.#offerRelay(callId, answer, step.purpose);
      case 'dial':
        return this.#dial(callId, answer, step.destination);
      case 'voicemail': {
        const call = this.#openCall(callId);
        const { links } = this.#deps;
        const twiml = voicemailTwiml({
          say: this.#desk.phrasesOf(call).leaveVoicemail,
          language: this.#desk.languageOf(call),
          actionUrl: links.voicemailEnded(callId),
        });
        return this.#answer(callId, answer, twiml);
      }
      case 'hang-up':
        return this.#end(callId, answer, step.outcome);
      default:
        return assertNever(step);
    }
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

  /** Rings the decision's next destination; without any, the caller can leave a message. */
  #dialNext(callId: string, answer: string): Promise<string> {
    const call = this.#openCall(callId);
    const destination = nextDestination(call);
    return this.#perform(
      callId,
      answer,
      destination === undefined ? { kind: 'voicemail' } : { kind: 'dial', destination },
    );
  }

  #dial(callId: string, answer: string, destination: string): Promise<string> {
    const { links } = this.#deps;
    const before = this.#openCall(callId);
    const ring = this.#desk.integrationOf(before)?.ring;
    const ringSeconds = this.#deps.ringSecondsFor(destination, ring?.seconds ?? 20);
    const callerId = ring?.callerId === 'twilio' ? before.to : (before.from ?? before.to);
    this.#append(callId, { type: 'dial.started', destination, callerId, ringSeconds });
    const call = this.#openCall(callId);
    const aiBroke = call.transfer?.cause === 'model-error' || call.transfer?.cause === 'relay-failed';
    const twiml = dialTwiml({
      destination,
      callerId,
      ringSeconds,
      actionUrl: links.dialEnded(callId, call.rung.length),
      legStatusUrl: links.legChanged(callId, call.rung.length),
      say: aiBroke && call.rung.length === 1 ? this.#desk.phrasesOf(call).apologyBeforeDial : undefined,
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

  #aiIsThere(call: CallView): boolean {
    return this.#desk.workflowOf(call) !== undefined;
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
