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
import { sendCallText } from './call-texts.ts';
import { HandOver } from './hand-over.ts';
import { afterDial, afterRelay, type NextStep, outcomeOf } from './next-step.ts';
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
  clock: Clock;
  logger: Logger;
}

/** Calls longer than this without a fact are over, whatever Twilio forgot to tell (its longest call lasts 24 hours). */
const lostAfterMs = 25 * 60 * 60 * 1000;

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

  constructor(deps: CallServiceDeps) {
    this.#deps = deps;
    const { log, routes, contacts, logger } = deps;
    this.#desk = new CallDesk(deps.desk);
    this.#handOver = new HandOver({ log, desk: this.#desk, routes, contacts, logger });
  }

  /** A call comes in: the AI answers it, or the caller hears that the number is not set up. */
  async receive(incoming: IncomingCall): Promise<{ callId: string; twiml: string }> {
    const known = this.#deps.log.idOf(incoming.callSid);
    if (known !== undefined) {
      const answerAgain = () => this.#perform(known, 'voice', { kind: 'relay', purpose: 'conversation' });
      return { callId: known, twiml: await this.#once(known, 'voice', answerAgain) };
    }
    const callId = randomUUID();
    return { callId, twiml: await this.#making(callId, 'voice', () => this.#begin(callId, incoming)) };
  }

  /** A relay session is over: dial, resume, take a message or hang up. `relay` counts the call's sessions from 1. */
  relayEnded(callId: string, relay: number, report: RelayEndedReport): Promise<string> {
    return this.#once(callId, `relay-${relay}`, async () => {
      this.#sessions.get(callId)?.close();
      await this.#handOver.settled(callId);
      const { callOver, sessionStatus, errorCode, errorMessage } = report;
      this.#append(callId, {
        type: 'relay.ended',
        sessionStatus,
        ...(errorCode && { errorCode }),
        ...(errorMessage && { errorMessage }),
      });
      const step = afterRelay(this.#openCall(callId), { errorCode, callOver });
      const answer = `relay-${relay}`;
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
    return this.#once(callId, `dial-${dial}`, async () => {
      const call = this.#openCall(callId);
      const destination = call.rung[dial - 1]?.destination;
      if (destination === undefined) return hangUpTwiml();
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
        : afterDial(after, this.#desk.integrationOf(after), result);
      return this.#perform(callId, `dial-${dial}`, step);
    });
  }

  /** Twilio's status callback of the leg to a destination; any order, and maybe twice. */
  async legChanged(
    callId: string,
    dial: number,
    leg: { legSid: string; status: string; errorCode?: string },
  ): Promise<void> {
    const destination = this.#deps.log.view(callId)?.rung[dial - 1]?.destination;
    if (destination === undefined) return;
    await this.#deps.log.append(callId, {
      type: 'leg.changed',
      destination,
      legSid: leg.legSid,
      status: leg.status,
      ...(leg.errorCode && { errorCode: leg.errorCode }),
    });
  }

  /** The caller has spoken to the voicemail, or said nothing. */
  voicemailEnded(callId: string, recording: { url: string; seconds: number } | null): Promise<string> {
    return this.#once(callId, 'voicemail', async () => {
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
      sendText: (textId) => sendCallText(call.id, textId, workflow, this.#deps),
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

  /** Ends the calls that Twilio forgot; called at start and now and then. */
  async endLostCalls(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const call of this.#deps.log.openCalls()) {
      if (now - call.startedAt > lostAfterMs) {
        await this.#append(call.id, {
          type: 'ended',
          outcome: 'lost',
          detail: 'Twilio did not tell how it ended',
        });
        this.#letGo(call.id, 'lost');
      }
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
    const destination = call.decision?.destinations[call.rung.length];
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
    const ringSeconds = ring?.seconds ?? 20;
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

  #letGo(callId: string, outcome: CallOutcome): void {
    this.#sessions.get(callId)?.close();
    this.#deps.logger.info('A call has ended', { callId, outcome });
  }

  /** Makes a step's answer once; while it is being made, and ever after, the same TwiML answers again. */
  async #once(callId: string, step: string, make: () => Promise<string>): Promise<string> {
    const underWay = this.#answering.get(`${callId} ${step}`);
    if (underWay !== undefined) return underWay;
    const answered = this.#deps.log.answerOf(callId, step);
    if (answered !== undefined) return answered;
    return this.#deps.log.view(callId) === undefined ? hangUpTwiml() : this.#making(callId, step, make);
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
