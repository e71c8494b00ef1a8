import { randomBytes } from 'node:crypto';
import { messageOf } from '../core/errors.ts';
import { announce } from './announce.ts';
import { callParameters } from './call-parameters.ts';
import { type CallPlan, withheldFrom } from './call-plan.ts';
import type { CallRecord, Situation } from './call-record.ts';
import { CallRequests } from './call-requests.ts';
import {
  type CallAlert,
  type CallStart,
  type Endpoint,
  type HttpMethod,
  inboundStart,
  type VoiceConfiguration,
} from './call-start.ts';
import { act } from './caller.ts';
import type { Conferences } from './conference.ts';
import { connect } from './connect.ts';
import { type Rung, ring } from './dial.ts';
import { gather } from './gather.ts';
import { record } from './record.ts';
import type { ScriptTime } from './script-time.ts';
import { overParameters, sendStatus } from './status-callback.ts';
import { Trace } from './trace.ts';
import { parseTwiml, type TwimlElement, TwimlError } from './twiml.ts';
import { Watch } from './watch.ts';
import { CallError, type WebhookClient } from './webhook-client.ts';

export interface LineContext {
  account: { sid: string; authToken: string };
  webhooks: WebhookClient;
  time: ScriptTime;
  /** Numbers of the account's own, in E.164. */
  ownNumbers: ReadonlySet<string>;
  /** What a number of the account does with a call; undefined: it is none, and Patchbay is rung. */
  configurationOf?: ((number: string) => VoiceConfiguration | undefined) | undefined;
  conferences: Conferences;
  /** Takes what was recorded; `seconds` are script time. */
  keepRecording?: ((recording: { sid: string; seconds: number }) => void) | undefined;
  /** Takes what Twilio would write into its error log. */
  report?: ((alert: CallAlert) => void) | undefined;
}

/** No call is led through more documents than this; a `<Redirect>` that goes in a circle ends here. */
const maxDocuments = 100;

/** Callbacks that are not waited for during the call get this long afterwards; real milliseconds. */
const stragglersMs = 15_000;

/** What Twilio tells whoever is on the line when it knows no other way. */
const apology = 'We are sorry, an application error has occurred. Goodbye.';

/**
 * One call on the rehearsal line: Twilio's side of it, from the ringing to the end. "The caller" is whoever hears the
 * TwiML; on a call that was placed over the API that is the person who was called.
 */
export class PlacedCall {
  readonly callSid: string;
  readonly start: CallStart;
  readonly plan: CallPlan;
  readonly line: LineContext;
  readonly time: ScriptTime;
  readonly trace = new Trace();
  readonly watch = new Watch();
  readonly problems: string[] = [];
  readonly undone: string[] = [];
  readonly rung: Rung[] = [];
  readonly ended: Promise<CallRecord>;
  /** The caller's mouth is open; a recording does not take that for silence. */
  callerIsSpeaking = false;
  /** Phones at which somebody is hearing who calls, before the caller is put through. */
  phonesScreening = 0;
  readonly #hungUp = new AbortController();
  /** Aborts when the call is led to other TwiML; a new one then takes its place. */
  #led = new AbortController();
  /** Where it is led. */
  #ledTo: NextDocument | undefined;
  #stop = AbortSignal.any([this.#hungUp.signal, this.#led.signal]);
  readonly #background = new Set<Promise<void>>();
  readonly #requests = new CallRequests(this);
  #situation: Situation = { at: 'twilio' };
  /** Of the document that runs; undefined: it came with the call and has none. */
  #documentUrl: string | undefined;
  #documents = 0;
  #answeredAt: number | undefined;
  #fallbackIsLeft = true;
  #endedBy: CallRecord['endedBy'] = 'patchbay';
  #error: CallRecord['error'];

  /** @param start absent: a call that comes in, as the called number is configured. */
  constructor(plan: CallPlan, line: LineContext, start: CallStart = inboundStart(plan, line)) {
    this.plan = plan;
    this.line = line;
    this.start = start;
    this.callSid = start.callSid ?? `CA${randomBytes(16).toString('hex')}`;
    this.time = line.time;
    this.over.addEventListener('abort', () => this.#tellItIsOver());
    this.ended = this.#run();
  }

  get situation(): Situation {
    return this.#situation;
  }

  /** Aborts when the caller hangs up or the call has ended otherwise. */
  get over(): AbortSignal {
    return this.#hungUp.signal;
  }

  /** Aborts when what runs of the TwiML is to stop: the call is over, or is led elsewhere. */
  get stop(): AbortSignal {
    return this.#stop;
  }

  /** When the call was answered, on the line's clock; undefined before. */
  get answeredAt(): number | undefined {
    return this.#answeredAt;
  }

  /** Script seconds since the call was answered; 0 before. */
  get talkSeconds(): number {
    return this.#answeredAt === undefined ? 0 : this.time.toSeconds(this.time.now() - this.#answeredAt);
  }

  get from(): string {
    return this.plan.from ?? withheldFrom;
  }

  enter(situation: Situation): void {
    if (this.#situation.at === 'ended') return;
    this.#situation = situation;
    this.watch.notify();
  }

  /** The caller hangs up, whatever is going on; or Patchbay ends the call over the API. */
  hangUp(by: 'caller' | 'patchbay' = 'caller'): void {
    if (this.over.aborted) return;
    this.trace.add(by === 'caller' ? 'caller' : 'twilio', 'hung up');
    this.#endedBy = by;
    this.#hungUp.abort();
    this.watch.notify();
  }

  /** Patchbay leads the call to other TwiML over the API, whatever is going on. */
  leadTo(document: Endpoint | { twiml: string }): void {
    if (this.over.aborted) return;
    this.trace.add('twilio', 'led the call to other TwiML, as the API was told');
    this.#ledTo = 'twiml' in document ? document : { ...document, params: this.parameters('in-progress') };
    this.#led.abort();
    this.watch.notify();
  }

  /** Something that Twilio would have logged as an error or warning; the call goes on. */
  addProblem(problem: string): void {
    this.problems.push(problem);
    this.trace.add('problem', problem);
    const coded = /^(\d{5}): (.*)$/s.exec(problem);
    if (coded !== null) this.report(Number(coded[1]), coded[2] ?? '', { level: 'warning' });
  }

  /** Writes something about this call into Twilio's error log. */
  report(errorCode: number, text: string, about: Partial<CallAlert> = {}): void {
    this.line.report?.({
      errorCode,
      level: 'error',
      text,
      callSid: this.callSid,
      requestUrl: null,
      requestMethod: null,
      ...about,
    });
  }

  /** The caller could not do what the script says. */
  addUndone(what: string): void {
    this.undone.push(what);
    this.trace.add('problem', what);
  }

  /** The parameters that every request about this call carries. */
  parameters(callStatus: 'ringing' | 'in-progress' | 'completed'): Record<string, string> {
    const { callSid, plan, start } = this;
    return callParameters({ accountSid: this.line.account.sid, callSid, callStatus, plan, start });
  }

  /** Twilio delivers its last request about the call again, as it does after a lost answer. */
  async redeliver(): Promise<void> {
    await this.#requests.redeliver();
  }

  /** Lets something run beside the call; the call is over only when it has ended. Its failure is a problem, no more. */
  inBackground(work: Promise<void>): void {
    const settled = work.catch((error: unknown) => {
      this.addProblem(error instanceof CallError ? `${error.code}: ${error.message}` : messageOf(error));
    });
    this.#background.add(settled);
    void settled.then(() => this.#background.delete(settled));
  }

  /** Requests a document about this call. @throws CallError | TwimlError */
  fetchDocument(url: string, method: HttpMethod, params: Record<string, string>): Promise<TwimlElement> {
    return this.#requests.document({ url, method }, params);
  }

  /**
   * The address that TwiML names, seen from the document in which it stands.
   * @throws CallError 11100 for a path in TwiML that came with the call: it stands nowhere.
   */
  resolve(url: string): string {
    if (URL.canParse(url)) return url;
    const base = this.#documentUrl;
    if (base === undefined || !URL.canParse(url, base)) throw new CallError(11100, `"${url}" is no URL`);
    return url === '' ? base : new URL(url, base).href;
  }

  async #run(): Promise<CallRecord> {
    await Promise.resolve();
    this.trace.add('caller', `calls ${this.plan.to}`);
    const acting = act(this, this.plan.steps).catch((error: unknown) => this.addProblem(messageOf(error)));
    try {
      await this.#runDocuments();
    } catch (error) {
      if (!(error instanceof CallError || error instanceof TwimlError)) throw error;
      this.#error = { code: error.code, message: error.message };
      this.#endedBy = 'error';
      this.trace.add('problem', `${error.code}: ${error.message}`);
      await this.#apologize();
    } finally {
      this.trace.add('twilio', 'the call is over');
      this.enter({ at: 'ended' });
      this.#hungUp.abort();
      this.watch.notify();
    }
    await acting;
    await Promise.race([
      Promise.all(this.#background),
      new Promise((resolve) => setTimeout(resolve, stragglersMs).unref()),
    ]);
    return {
      callSid: this.callSid,
      endedBy: this.#endedBy,
      error: this.#error,
      webhookStatus: this.#requests.firstStatus,
      rung: this.rung,
      problems: this.problems,
      undone: this.undone,
      trace: this.trace.entries,
      tookMs: this.trace.elapsedMs(),
    };
  }

  async #runDocuments(): Promise<void> {
    const { document } = this.start;
    let next: NextDocument | undefined =
      'twiml' in document
        ? document
        : {
            ...document,
            params: this.parameters(this.start.direction === 'inbound' ? 'ringing' : 'in-progress'),
          };
    while (next !== undefined) {
      try {
        next = await this.#runNext(next);
      } catch (error) {
        next = this.#fallBackAfter(error);
      }
    }
  }

  async #runNext(next: NextDocument): Promise<NextDocument | undefined> {
    this.#documents += 1;
    if (this.#documents > maxDocuments) {
      throw new CallError(11200, `the call was led through more than ${maxDocuments} documents`);
    }
    this.enter({ at: 'twilio' });
    if ('twiml' in next) this.#requests.nothingAsked();
    const document =
      'twiml' in next
        ? parseTwiml({ contentType: 'text/xml', body: Buffer.from(next.twiml) })
        : await this.fetchDocument(next.url, next.method, next.params);
    this.#documentUrl = 'twiml' in next ? undefined : next.url;
    if (this.over.aborted) return undefined;
    this.#answeredAt ??= this.time.now();
    return this.#takeLedTo() ?? (await this.#runDocument(document));
  }

  /**
   * "If Twilio is unable to retrieve or execute TwiML from your web server, a request is immediately made to the number's
   * Fallback URL" (Twilio, "Availability and reliability"), whatever document of the call it was; here once a call.
   * @throws the error, when there is no fallback, or none any more.
   */
  #fallBackAfter(error: unknown): NextDocument {
    if (!(error instanceof CallError || error instanceof TwimlError)) throw error;
    const { fallback } = this.start;
    this.report(error.code, error.message, {
      requestUrl: this.#requests.asked?.url ?? null,
      requestMethod: this.#requests.asked?.method ?? null,
    });
    if (fallback === undefined || !this.#fallbackIsLeft || this.over.aborted) throw error;
    this.#fallbackIsLeft = false;
    this.problems.push(`${error.code}: ${error.message}`);
    this.trace.add('problem', `${error.code}: ${error.message}; Twilio asks the fallback URL`);
    return {
      ...fallback,
      params: {
        ...this.parameters(this.#answeredAt === undefined ? 'ringing' : 'in-progress'),
        ErrorCode: String(error.code),
        ErrorUrl: this.#requests.asked?.url ?? '',
      },
    };
  }

  async #apologize(): Promise<void> {
    if (this.over.aborted) return;
    this.enter({ at: 'announcement' });
    this.trace.add('twilio', `said "${apology}"`);
    await this.time.sleep(this.time.speaking(apology), this.over);
  }

  /** The number's status callback. */
  #tellItIsOver(): void {
    const { statusCallback } = this.start;
    if (statusCallback === undefined) return;
    const params = overParameters(this.parameters('completed'), this.talkSeconds);
    this.inBackground(sendStatus(this.line.webhooks, statusCallback, params));
  }

  /** Where the call is led instead of what was to come; once. */
  #takeLedTo(): NextDocument | undefined {
    const next = this.#ledTo;
    if (next === undefined || this.over.aborted) return undefined;
    this.#ledTo = undefined;
    this.#led = new AbortController();
    this.#stop = AbortSignal.any([this.#hungUp.signal, this.#led.signal]);
    return next;
  }

  /** Runs a document's verbs. @returns where Twilio goes next; nothing when the call is over. */
  async #runDocument(document: TwimlElement): Promise<NextDocument | undefined> {
    for (const verb of document.children) {
      const next = await this.#runVerb(verb);
      const led = this.#takeLedTo();
      if (led !== undefined) return led;
      if (this.over.aborted && next !== 'over' && next?.params.CallStatus === 'completed') {
        // The call is gone; Twilio reports it and does not run the answer.
        await this.fetchDocument(next.url, next.method, next.params);
        return undefined;
      }
      if (next === 'over' || this.over.aborted) return undefined;
      if (next !== undefined) return next;
    }
    return undefined;
  }

  async #runVerb(verb: TwimlElement): Promise<Request | 'over' | undefined> {
    switch (verb.name) {
      case 'Say':
      case 'Play':
      case 'Pause':
        this.enter({ at: 'announcement' });
        await announce(this, verb, this.stop);
        return undefined;
      case 'Connect':
        return this.#action(verb, await connect(this, verb));
      case 'Dial':
        return this.#action(verb, await this.#dial(verb));
      case 'Gather': {
        const input = await gather(this, verb);
        return input === undefined ? undefined : this.#action(verb, input, 'this-document');
      }
      case 'Record': {
        const recorded = await record(this, verb);
        return recorded === undefined ? undefined : this.#action(verb, recorded, 'this-document');
      }
      case 'Redirect':
        return {
          url: this.resolve(verb.text.trim()),
          method: verb.attributes.method === 'GET' ? 'GET' : 'POST',
          params: this.parameters('in-progress'),
        };
      case 'Enqueue': {
        this.enter({ at: 'on-hold' });
        this.trace.add('twilio', `put the caller into the queue ${verb.text.trim()}`);
        await this.watch.until(() => this.stop.aborted);
        return this.#action(verb, { QueueResult: 'hangup' });
      }
      case 'Hangup':
        this.trace.add('twilio', 'hung up, as the TwiML says');
        return 'over';
      case 'Reject':
        this.trace.add('twilio', 'rejected the call, as the TwiML says');
        return 'over';
      default:
        throw new TwimlError(12200, `<${verb.name}> can't be run by the rehearsal line`);
    }
  }

  /** The request that reports how a verb ended; nothing when the verb names no action and the document goes on. */
  #action(
    verb: TwimlElement,
    result: Record<string, string>,
    withoutAction: 'goes-on' | 'this-document' = 'goes-on',
  ): Request | undefined {
    const url = verb.attributes.action ?? (withoutAction === 'this-document' ? this.#documentUrl : undefined);
    if (url === undefined) return undefined;
    const callOver = this.over.aborted || result.CallStatus === 'completed';
    return {
      url: this.resolve(url),
      method: verb.attributes.method === 'GET' ? 'GET' : 'POST',
      params: { ...this.parameters(callOver ? 'completed' : 'in-progress'), ...result },
    };
  }

  async #dial(verb: TwimlElement): Promise<Record<string, string>> {
    const { endedByDestination, params } = await ring(this, verb);
    if (endedByDestination) this.#endedBy = 'destination';
    return params;
  }
}

interface Request {
  url: string;
  method: HttpMethod;
  params: Record<string, string>;
}

type NextDocument = Request | { twiml: string };
