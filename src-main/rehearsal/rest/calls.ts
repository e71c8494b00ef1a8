import parsePhoneNumber from 'libphonenumber-js';
import { type Endpoint, endpoint } from '../call-start.ts';
import { planOf } from '../dial.ts';
import type { LineContext, PlacedCall } from '../placed-call.ts';
import { type CallOnRecord, IncomingCall } from './call-on-record.ts';
import { friendlyPerson, scriptOf } from './call-scripts.ts';
import { type CallOrder, RehearsedCall, type StatusEvent } from './calls-placed.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import { type RestAnswer, twilioError } from './route.ts';

/** Numbers that never work, and Twilio's error for each (Twilio, "Test credentials"). */
const testNumbers: Readonly<Record<string, number>> = {
  '+15005550001': 21211,
  '+15005550002': 21214,
  '+15005550003': 21215,
  '+15005550004': 21216,
};

const e164 = /^\+[1-9]\d{6,14}$/;
const statusEvents: readonly StatusEvent[] = ['initiated', 'ringing', 'answered', 'completed'];

/** Twilio's defaults and limits (Twilio, "Call resource"); seconds. */
const ringing = { standard: 60, longest: 600 };
const longestCall = 14_400;
const longestTwiml = 4000;

/** The calls of an account: those that it placed over the API, and those that came in. */
export class RehearsedCalls {
  /** The newest last. */
  readonly placed: RehearsedCall[] = [];
  readonly #incoming: IncomingCall[] = [];
  readonly #account: RehearsalAccount;
  readonly #line: () => LineContext;

  /** @param line where the calls run: whose time they live on, and which webhooks they reach. */
  constructor(account: RehearsalAccount, line: () => LineContext) {
    this.#account = account;
    this.#line = line;
  }

  find(sid: string | undefined): CallOnRecord | undefined {
    return [...this.placed, ...this.#incoming].find((call) => call.sid === sid);
  }

  /** A call has come in. */
  cameIn(call: PlacedCall): void {
    this.#incoming.push(new IncomingCall(call));
  }

  /** @returns the call, or Twilio's refusal of it. */
  place(form: URLSearchParams): RehearsedCall | RestAnswer {
    const order = readOrder(form);
    if ('status' in order) return order;
    const caller = this.#callerOf(order);
    const refusal = this.#refusalOf(order, caller);
    if (refusal !== undefined) return refusal;
    const { callScripts } = this.#account;
    const script = caller === undefined ? callScripts.get(order.to) : scriptOf(planOf(caller, order.to));
    const call = new RehearsedCall(order, script ?? friendlyPerson, callScripts, this.#line(), caller);
    this.placed.push(call);
    return call;
  }

  /** The caller on the line for whom somebody is rung: whose number is shown, or who called the number that is shown. */
  #callerOf({ from, callToken }: CallOrder): PlacedCall | undefined {
    return this.#incoming
      .filter(({ isOver }) => !isOver)
      .map(({ call }) => call)
      .findLast((call) => (callToken === undefined ? call.plan.to === from : tokenOf(call) === callToken));
  }

  /** Hangs up what is under way and waits for it. Safe to call twice. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.placed.map((call) => call.stop()));
  }

  #refusalOf({ from, to }: CallOrder, caller: PlacedCall | undefined): RestAnswer | undefined {
    const code = caller?.plan.faults.callsRefused;
    if (code !== undefined) return twilioError(400, code, 'It is refused, as the script says');
    const { type, numbers, verifiedCallerIds, blockedCountries } = this.#account;
    const isIn = (list: readonly { phoneNumber: string }[], number: string): boolean =>
      list.some(({ phoneNumber }) => phoneNumber === number);
    const testCode = testNumbers[to];
    if (testCode !== undefined) return twilioError(400, testCode, `The number ${to} can't be called`);
    const parsed = parsePhoneNumber(to);
    if (!e164.test(to) || parsed?.isPossible() !== true) {
      return twilioError(400, 21211, `The phone number you are attempting to call, ${to}, is not valid.`);
    }
    if (!e164.test(from)) {
      return twilioError(400, 21212, `The caller ID ${from} is not a valid phone number`);
    }
    const isVouchedFor = caller?.plan.from === from;
    if (!isIn(numbers, from) && !isIn(verifiedCallerIds, from) && !isVouchedFor) {
      return twilioError(
        400,
        21210,
        `The source phone number provided, ${from}, is not yet verified for your account. You may only make calls from phone numbers that you've verified or purchased from Twilio.`,
      );
    }
    if (parsed.country !== undefined && blockedCountries.has(parsed.country)) {
      return twilioError(
        400,
        21215,
        `Account not authorized to call ${to}. Perhaps you need to enable some international permissions: https://www.twilio.com/console/voice/calls/geo-permissions/low-risk`,
      );
    }
    if (type === 'Trial' && !isIn(verifiedCallerIds, to) && !isIn(numbers, to)) {
      return twilioError(
        400,
        21219,
        `The number ${to} is unverified. Trial accounts may only make calls to verified numbers.`,
      );
    }
    return undefined;
  }
}

function tokenOf({ start }: PlacedCall): string | undefined {
  return start.parameters?.CallToken;
}

/** Reads what was asked for. @returns Twilio's refusal where a part is missing or makes no sense. */
function readOrder(form: URLSearchParams): CallOrder | RestAnswer {
  const text = (name: string): string | undefined => form.get(name) || undefined;
  const to = text('To');
  const from = text('From');
  if (to === undefined) return twilioError(400, 21201, "No 'To' number is specified");
  if (from === undefined) return twilioError(400, 21213, "No 'From' number is specified");
  const wrongUrl = ['Url', 'FallbackUrl', 'StatusCallback', 'AsyncAmdStatusCallback'].find(
    (name) => text(name) !== undefined && !/^https?:\/\/[^/]/.test(text(name) ?? ''),
  );
  if (wrongUrl !== undefined) return twilioError(400, 21205, `${wrongUrl} is not a valid URL`);
  const twiml = text('Twiml');
  const document: CallOrder['document'] | undefined =
    endpoint(text('Url'), text('Method')) ?? (twiml === undefined ? undefined : { twiml });
  if (document === undefined) return twilioError(400, 21205, 'Url parameter is required.');
  if ('twiml' in document && document.twiml.length > longestTwiml) {
    return twilioError(400, 21205, `Twiml is longer than ${longestTwiml} characters`);
  }
  const timeoutSeconds = wholeNumber(form, 'Timeout', ringing.standard);
  const timeLimitSeconds = wholeNumber(form, 'TimeLimit', longestCall);
  if (timeoutSeconds === undefined || timeLimitSeconds === undefined) {
    return twilioError(400, 20001, 'Timeout and TimeLimit are whole numbers of seconds');
  }
  const machineDetection = text('MachineDetection');
  if (
    machineDetection !== undefined &&
    machineDetection !== 'Enable' &&
    machineDetection !== 'DetectMessageEnd'
  ) {
    return twilioError(400, 20001, `MachineDetection can't be ${machineDetection}`);
  }
  const events = form.getAll('StatusCallbackEvent').flatMap((words) => words.split(/\s+/));
  return {
    to,
    from,
    callToken: text('CallToken'),
    document,
    fallback: endpoint(text('FallbackUrl'), text('FallbackMethod')),
    statusCallback: endpoint(text('StatusCallback'), text('StatusCallbackMethod')),
    statusEvents:
      events.length === 0 ? ['completed'] : statusEvents.filter((event) => events.includes(event)),
    timeoutSeconds: Math.min(timeoutSeconds, ringing.longest),
    timeLimitSeconds: Math.min(timeLimitSeconds, longestCall),
    machineDetection,
    asyncDetection: asyncDetectionIn(form),
  };
}

function asyncDetectionIn(form: URLSearchParams): { callback: Endpoint | undefined } | undefined {
  if (form.get('AsyncAmd') !== 'true') return undefined;
  return { callback: endpoint(form.get('AsyncAmdStatusCallback'), form.get('AsyncAmdStatusCallbackMethod')) };
}

/** @returns undefined for what is no whole number above 0. */
function wholeNumber(form: URLSearchParams, name: string, standard: number): number | undefined {
  const given = form.get(name);
  if (given === null) return standard;
  return /^[1-9]\d*$/.test(given) ? Number(given) : undefined;
}
