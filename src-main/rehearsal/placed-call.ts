import { randomBytes } from 'node:crypto';
import { messageOf } from '../core/errors.ts';
import { type CallPlan, withheldFrom } from './call-plan.ts';
import type { CallRecord, Situation } from './call-record.ts';
import { act } from './caller.ts';
import { type Rung, ring } from './dial.ts';
import { gather } from './gather.ts';
import { record } from './record.ts';
import { type RelayEnd, RelaySession } from './relay-session.ts';
import type { ScriptTime } from './script-time.ts';
import { Trace } from './trace.ts';
import { parseTwiml, type TwimlElement, TwimlError } from './twiml.ts';
import { Watch } from './watch.ts';
import { CallError, newIdempotencyToken, type WebhookAnswer, type WebhookClient } from './webhook-client.ts';

export interface LineContext {
  account: { sid: string; authToken: string };
  webhooks: WebhookClient;
  time: ScriptTime;
  /** Numbers of the account's own, in E.164. */
  ownNumbers: ReadonlySet<string>;
}

/** No call is led through more documents than this; a `<Redirect>` that goes in a circle ends here. */
const maxDocuments = 100;

/** Callbacks that are not waited for during the call get this long afterwards; real milliseconds. */
const stragglersMs = 15_000;

/** One call on the rehearsal line: Twilio's side of it, from the ringing to the end. */
export class PlacedCall {
  readonly callSid = `CA${randomBytes(16).toString('hex')}`;
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
  readonly #hungUp = new AbortController();
  readonly #background = new Set<Promise<void>>();
  #situation: Situation = { at: 'twilio' };
  #documentUrl = '';
  #documents = 0;
  #lastRequest: { url: string; params: Record<string, string>; token: string; body: string } | undefined;
  #webhookStatus: number | undefined;
  #endedBy: CallRecord['endedBy'] = 'patchbay';
  #error: CallRecord['error'];

  constructor(plan: CallPlan, line: LineContext) {
    this.plan = plan;
    this.line = line;
    this.time = line.time;
    this.ended = this.#run();
  }

  get situation(): Situation {
    return this.#situation;
  }

  /** Aborts when the caller hangs up or the call has ended otherwise. */
  get over(): AbortSignal {
    return this.#hungUp.signal;
  }

  get from(): string {
    return this.plan.from ?? withheldFrom;
  }

  enter(situation: Situation): void {
    if (this.#situation.at === 'ended') return;
    this.#situation = situation;
    this.watch.notify();
  }

  /** The caller hangs up, whatever is going on. */
  hangUp(): void {
    if (this.over.aborted) return;
    this.trace.add('caller', 'hung up');
    this.#endedBy = 'caller';
    this.#hungUp.abort();
    this.watch.notify();
  }

  /** Something that Twilio would have logged as an error or warning; the call goes on. */
  addProblem(problem: string): void {
    this.problems.push(problem);
    this.trace.add('problem', problem);
  }

  /** The caller could not do what the script says. */
  addUndone(what: string): void {
    this.undone.push(what);
    this.trace.add('problem', what);
  }

  /** The parameters that every request about this call carries (Twilio, "TwiML for Programmable Voice"). */
  parameters(callStatus: 'ringing' | 'in-progress' | 'completed'): Record<string, string> {
    const { plan, from } = this;
    const params: Record<string, string> = {
      AccountSid: this.line.account.sid,
      ApiVersion: '2010-04-01',
      CallSid: this.callSid,
      CallStatus: callStatus,
      Direction: 'inbound',
      From: from,
      To: plan.to,
      Caller: from,
      Called: plan.to,
    };
    for (const who of ['From', 'To', 'Caller', 'Called']) {
      for (const part of ['City', 'State', 'Zip', 'Country']) params[`${who}${part}`] = '';
    }
    if (plan.from !== null) params.StirVerstat = 'TN-Validation-Passed-A';
    if (plan.forwardedFrom !== undefined) params.ForwardedFrom = plan.forwardedFrom;
    if (plan.callerName !== undefined) params.CallerName = plan.callerName;
    return params;
  }

  /** Twilio delivers its last request about the call again, as it does after a lost answer. */
  async redeliver(): Promise<void> {
    const last = this.#lastRequest;
    if (last === undefined) return;
    const answer = await this.line.webhooks.send(last.url, {
      method: 'POST',
      params: last.params,
      idempotencyToken: last.token,
    });
    this.trace.add('twilio', `delivered ${pathOf(last.url)} again: ${answer.status}`, answer.tookMs);
    if (answer.body.toString('utf8') !== last.body) {
      this.addProblem(`${pathOf(last.url)} was delivered twice and answered in two ways`);
    }
  }

  /** Lets something run beside the call; the call is over only when it has ended. Its failure is a problem, no more. */
  inBackground(work: Promise<void>): void {
    const settled = work.catch((error: unknown) => this.addProblem(messageOf(error)));
    this.#background.add(settled);
    void settled.then(() => this.#background.delete(settled));
  }

  /** Requests a document about this call. @throws CallError | TwimlError */
  async fetchDocument(
    url: string,
    method: 'GET' | 'POST',
    params: Record<string, string>,
  ): Promise<TwimlElement> {
    const answer = await this.#deliver(url, method, params);
    this.#webhookStatus ??= answer.status;
    this.trace.add('twilio', `${method} ${pathOf(url)}: ${answer.status}`, answer.tookMs);
    if (answer.status < 200 || answer.status > 299) {
      const code =
        answer.status >= 300 && answer.status < 400 ? 'a redirect, which loses the body' : 'no 2xx';
      throw new CallError(11200, `${pathOf(url)} was answered with status ${answer.status}, ${code}`);
    }
    return parseTwiml(answer);
  }

  /** The address that TwiML names, seen from the document in which it stands. */
  resolve(url: string): string {
    if (url === '') return this.#documentUrl;
    return URL.canParse(url) ? url : new URL(url, this.#documentUrl).href;
  }

  async #deliver(
    url: string,
    method: 'GET' | 'POST',
    params: Record<string, string>,
  ): Promise<WebhookAnswer> {
    const { webhooks } = this.line;
    const token = newIdempotencyToken();
    const request = { method, params, idempotencyToken: token };
    const forged = this.plan.faults.forgedSignature && this.#lastRequest === undefined;
    const send = () => webhooks.send(url, request, { forged });
    const answers = await Promise.all(this.plan.faults.webhooksTwice ? [send(), send()] : [send()]);
    const answer = answers.at(-1);
    if (answer === undefined) throw new Error('a request brought no answer');
    const bodies = new Set(answers.map(({ body }) => body.toString('utf8')));
    if (bodies.size > 1) this.addProblem(`${pathOf(url)} was delivered twice and answered in two ways`);
    if (method === 'POST') this.#lastRequest = { url, params, token, body: answer.body.toString('utf8') };
    return answer;
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
      webhookStatus: this.#webhookStatus,
      rung: this.rung,
      problems: this.problems,
      undone: this.undone,
      trace: this.trace.entries,
      tookMs: this.trace.elapsedMs(),
    };
  }

  async #runDocuments(): Promise<void> {
    this.#documentUrl = this.line.webhooks.publicAddress('/twilio/voice');
    let next: NextDocument | undefined = {
      url: this.#documentUrl,
      method: 'POST',
      params: this.parameters('ringing'),
    };
    while (next !== undefined) {
      this.#documents += 1;
      if (this.#documents > maxDocuments) {
        throw new CallError(11200, `the call was led through more than ${maxDocuments} documents`);
      }
      this.enter({ at: 'twilio' });
      const document: TwimlElement = await this.fetchDocument(next.url, next.method, next.params);
      this.#documentUrl = next.url;
      if (this.over.aborted) return;
      next = await this.#runDocument(document);
    }
  }

  /** Runs a document's verbs. @returns where Twilio goes next; nothing when the call is over. */
  async #runDocument(document: TwimlElement): Promise<NextDocument | undefined> {
    for (const verb of document.children) {
      const next = await this.#runVerb(verb);
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

  async #runVerb(verb: TwimlElement): Promise<NextDocument | 'over' | undefined> {
    switch (verb.name) {
      case 'Say':
      case 'Play':
      case 'Pause':
        this.enter({ at: 'announcement' });
        await this.announce(verb, this.over);
        return undefined;
      case 'Connect':
        return this.#action(verb, await this.#connect(verb));
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
        await this.watch.until(() => this.over.aborted);
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

  /** The caller (or a human who is asked whether to take the call) listens to a `<Say>`, `<Play>` or `<Pause>`. */
  async announce(verb: TwimlElement, signal: AbortSignal): Promise<void> {
    const times = Math.min(Math.max(Number(verb.attributes.loop ?? 1), 1), 20);
    switch (verb.name) {
      case 'Say':
        this.trace.add('twilio', `said "${verb.text.trim()}"`);
        await this.time.sleep(this.time.speaking(verb.text) * times, signal);
        break;
      case 'Play':
        this.trace.add('twilio', `played ${verb.attributes.digits ?? verb.text.trim()}`);
        await this.time.sleep(3 * times, signal);
        break;
      default:
        await this.time.sleep(Number(verb.attributes.length ?? 1), signal);
    }
  }

  /** The request that reports how a verb ended; nothing when the verb names no action and the document goes on. */
  #action(
    verb: TwimlElement,
    result: Record<string, string>,
    withoutAction: 'goes-on' | 'this-document' = 'goes-on',
  ): NextDocument | undefined {
    const url = verb.attributes.action ?? (withoutAction === 'this-document' ? this.#documentUrl : undefined);
    if (url === undefined) return undefined;
    const callOver = this.over.aborted || result.CallStatus === 'completed';
    return {
      url: this.resolve(url),
      method: verb.attributes.method === 'GET' ? 'GET' : 'POST',
      params: { ...this.parameters(callOver ? 'completed' : 'in-progress'), ...result },
    };
  }

  async #connect(verb: TwimlElement): Promise<Record<string, string>> {
    const element = verb.children[0];
    if (element === undefined) throw new TwimlError(12200, '<Connect> connects to nothing');
    const { plan, line, time, trace, watch } = this;
    const session = new RelaySession({
      element,
      address: line.webhooks.relayAddress(element.attributes.url ?? ''),
      call: {
        callSid: this.callSid,
        accountSid: line.account.sid,
        from: this.from,
        to: plan.to,
        forwardedFrom: plan.forwardedFrom ?? '',
        callerName: plan.callerName ?? '',
      },
      time,
      trace,
      watch,
      onProblem: (problem) => this.addProblem(problem),
    });
    const hangUp = (): void => session.hangUp();
    this.over.addEventListener('abort', hangUp);
    this.enter({ at: 'relay', session });
    const end = await session.ended;
    this.over.removeEventListener('abort', hangUp);
    this.enter({ at: 'twilio' });
    trace.add('twilio', `the relay session is over: ${end.status}`);
    return {
      SessionId: session.sessionId,
      SessionStatus: end.status,
      SessionDuration: String(session.seconds),
      ...resultOf(end),
    };
  }

  async #dial(verb: TwimlElement): Promise<Record<string, string>> {
    const { endedByDestination, params } = await ring(this, verb);
    if (endedByDestination) this.#endedBy = 'destination';
    return params;
  }
}

interface NextDocument {
  url: string;
  method: 'GET' | 'POST';
  params: Record<string, string>;
}

function resultOf(end: RelayEnd): Record<string, string> {
  switch (end.status) {
    case 'ended':
      return end.handoffData === undefined ? {} : { HandoffData: end.handoffData };
    case 'completed':
      return {};
    case 'failed':
      return { ErrorCode: String(end.errorCode), ErrorMessage: end.errorMessage };
  }
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}
