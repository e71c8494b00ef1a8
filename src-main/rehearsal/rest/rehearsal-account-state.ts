import { randomBytes } from 'node:crypto';
import type { ProfileStatus } from '../../../src-preload/contract/profile.ts';
import type { LineContext } from '../placed-call.ts';
import type { CallScript } from './call-scripts.ts';
import { RehearsedCalls } from './calls.ts';
import { type LineForOptions, lineFor } from './calls-line.ts';
import type { RehearsedRecording } from './recordings.ts';
import { type Failure, type FailureMatcher, RehearsedFailures } from './rehearsal-failures.ts';
import { newNumber, type RehearsedNumber } from './rehearsal-numbers.ts';
import { newProfile, type RehearsedProfile, twilioStatusOf } from './rehearsal-profiles.ts';
import { RehearsedServerless } from './serverless.ts';
import { newSid } from './sid.ts';

/** What Lookup says of a number, where it is not what its digits say. */
export interface LookupOverride {
  valid?: boolean;
  validationErrors?: readonly string[];
  /** Twilio's word, like "mobile" or "fixedVoip". */
  lineType?: string;
  carrier?: string;
  /** The line type could not be found out, like 60601 (Canadian numbers need an approval). */
  errorCode?: number;
}

/** A caller ID that the operator proved to be theirs. */
export interface VerifiedCallerId {
  sid: string;
  phoneNumber: string;
  friendlyName: string;
}

/** An entry of Twilio's debugger. */
export interface RehearsedAlert {
  sid: string;
  errorCode: string;
  level: 'error' | 'warning' | 'notice' | 'debug';
  /** The call that it is about, or another resource's SID. */
  callSid: string | null;
  requestUrl: string | null;
  requestMethod: 'GET' | 'POST' | null;
  text: string;
  /** Unix milliseconds. */
  at: number;
}

/** A text that Patchbay sent. */
export interface SentText {
  sid: string;
  from: string;
  to: string;
  body: string;
}

/** A request as it came. */
export interface SeenRequest {
  method: string;
  subdomain: string;
  path: string;
  /** Query and form; a key that was repeated holds a list. */
  params: Readonly<Record<string, string | string[]>>;
}

/** What an account is like at the start; everything has a default. */
export interface RehearsalAccountSetup {
  sid?: string;
  authToken?: string;
  friendlyName?: string;
  type?: 'Trial' | 'Full';
  status?: 'active' | 'suspended' | 'closed';
  balance?: { amount: number; currency: string } | null;
  subaccounts?: readonly RehearsalAccountSetup[];
  /** Default: one that is approved. */
  profiles?: readonly Partial<RehearsedProfile>[];
  /** E.164, or more of it. */
  numbers?: readonly (string | (Partial<RehearsedNumber> & { phoneNumber: string }))[];
  /** Numbers that it owns beside them as soon as they are named here, E.164; asked again and again. */
  ownsToo?: () => readonly string[];
  verifiedCallerIds?: readonly string[];
  /** ISO 3166 codes of the countries that may not be called. */
  blockedCountries?: readonly string[];
  /** What numbers of special services begin with, E.164; they may not be called. Default: +1 900. */
  specialPrefixes?: readonly string[];
  lookups?: Readonly<Record<string, LookupOverride>>;
  callScripts?: Readonly<Record<string, CallScript>>;
}

/** Twilio's test number for "the To number is not valid" (Twilio, "Test credentials"). */
const invalidTestNumber = '+15005550001';

/**
 * An account at the rehearsed Twilio: what Twilio would hold of it, open to be read and changed as one would do in
 * the Console.
 */
export class RehearsalAccount {
  readonly sid: string;
  /** Null: this is a main account. */
  readonly parent: RehearsalAccount | null;
  /** They never bill, and few resources take them (Twilio, "Test credentials"). */
  readonly testCredentials = { sid: newSid('AC'), authToken: randomBytes(16).toString('hex') };
  /** The primary one: requests are made and webhooks are signed with it. */
  authToken: string;
  /** Made beside the primary one before it takes its place; requests may be made with it. */
  secondaryAuthToken: string | null = null;
  friendlyName: string;
  type: 'Trial' | 'Full';
  status: 'active' | 'suspended' | 'closed';
  /** Null: Twilio does not say. */
  balance: { amount: number; currency: string } | null;
  readonly subaccounts: RehearsalAccount[];
  profiles: RehearsedProfile[];
  /** TrustHub refuses to say anything. */
  profilesRefused = false;
  readonly verifiedCallerIds: VerifiedCallerId[];
  readonly blockedCountries: Set<string>;
  readonly specialPrefixes: readonly string[];
  /** By number, E.164. */
  readonly lookups: Map<string, LookupOverride>;
  /** What happens when a number is called over the API; by number, E.164. */
  readonly callScripts: Map<string, CallScript>;
  readonly calls: RehearsedCalls;
  /** What the calls run on: their time, and which webhooks they reach. */
  line: LineContext;
  /** The Functions that the account hosts. */
  readonly serverless: RehearsedServerless;
  /** The newest last. */
  readonly alerts: RehearsedAlert[] = [];
  readonly texts: SentText[] = [];
  /** By SID. */
  readonly recordings = new Map<string, RehearsedRecording>();
  /** Numbers to which no text can be sent, and the Twilio error that says so. */
  readonly refusedTexts = new Map<string, number>([[invalidTestNumber, 21211]]);
  /** Called with each text that is sent, by a subaccount too. */
  onText: (text: SentText) => void = () => {};
  readonly createdAt = new Date();
  readonly #numbers: RehearsedNumber[];
  readonly #ownsToo: () => readonly string[];
  readonly #requests: SeenRequest[] = [];
  readonly #failures = new RehearsedFailures();

  /** @param line the time that calls live on, and the Patchbay whose webhooks they reach; absent: as fast as the clock, none. */
  constructor(
    setup: RehearsalAccountSetup = {},
    line: LineForOptions = {},
    parent: RehearsalAccount | null = null,
  ) {
    this.parent = parent;
    this.sid = setup.sid ?? newSid('AC');
    this.authToken = setup.authToken ?? randomBytes(16).toString('hex');
    this.friendlyName = setup.friendlyName ?? (parent === null ? 'Harbour Plumbing' : 'Second desk');
    this.type = setup.type ?? parent?.type ?? 'Full';
    this.status = setup.status ?? 'active';
    this.balance =
      parent !== null ? null : setup.balance === undefined ? { amount: 20, currency: 'USD' } : setup.balance;
    this.subaccounts = (setup.subaccounts ?? []).map((sub) => new RehearsalAccount(sub, line, this));
    this.profiles = (setup.profiles ?? [{}]).map((profile) => newProfile(profile));
    this.#ownsToo = setup.ownsToo ?? (() => []);
    this.#numbers = (setup.numbers ?? []).map((number) =>
      newNumber(typeof number === 'string' ? { phoneNumber: number } : number),
    );
    this.verifiedCallerIds = (setup.verifiedCallerIds ?? []).map(newCallerId);
    this.blockedCountries = new Set(setup.blockedCountries ?? []);
    this.specialPrefixes = setup.specialPrefixes ?? ['+1900'];
    this.lookups = new Map(Object.entries(setup.lookups ?? {}));
    this.callScripts = new Map(Object.entries(setup.callScripts ?? {}));
    this.serverless = new RehearsedServerless({
      accountSid: this.sid,
      authToken: () => this.authToken,
      time: () => this.line.time,
    });
    this.line = lineFor(this, line);
    this.calls = new RehearsedCalls(this, () => this.line);
  }

  /** Everything that came in, the oldest first; of the main account and its subaccounts alike. */
  get requests(): readonly SeenRequest[] {
    return this.parent?.requests ?? this.#requests;
  }

  /** Hangs up the calls that were placed over the API. Safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all([this, ...this.subaccounts].map(({ calls }) => calls.stop()));
  }

  get numbers(): RehearsedNumber[] {
    for (const phoneNumber of this.#ownsToo()) this.own(phoneNumber);
    return this.#numbers;
  }

  /** The account owns this number from now on. @returns it, so that its configuration can be looked at. */
  own(phoneNumber: string): RehearsedNumber {
    const owned = this.#numbers.find((number) => number.phoneNumber === phoneNumber);
    if (owned !== undefined) return owned;
    const number = newNumber({ phoneNumber });
    this.#numbers.push(number);
    return number;
  }

  /** @throws when the account does not own it. */
  number(phoneNumber: string): RehearsedNumber {
    const found = this.numbers.find((number) => number.phoneNumber === phoneNumber);
    if (found === undefined) throw new Error(`the rehearsed account does not own ${phoneNumber}`);
    return found;
  }

  verify(phoneNumber: string): void {
    this.verifiedCallerIds.push(newCallerId(phoneNumber));
  }

  /** One profile in this status, or none; "error": TrustHub refuses to answer. `more` is kept with it. */
  setProfile(status: ProfileStatus, more: Partial<Omit<RehearsedProfile, 'status'>> = {}): void {
    this.profilesRefused = status === 'error';
    const twilioStatus = twilioStatusOf(status);
    if (twilioStatus === undefined) {
      if (status === 'no-profile') this.profiles = [];
      return;
    }
    const { sid, friendlyName, dateCreated } = this.profiles[0] ?? {};
    const kept = {
      ...(sid && { sid }),
      ...(friendlyName && { friendlyName }),
      ...(dateCreated && { dateCreated }),
    };
    this.profiles = [newProfile({ ...kept, ...more, status: twilioStatus })];
  }

  /** Twilio's debugger has a new entry. */
  addAlert(
    alert: Omit<Partial<RehearsedAlert>, 'errorCode' | 'sid'> & { errorCode: string | number },
  ): RehearsedAlert {
    const made: RehearsedAlert = {
      sid: newSid('NO'),
      level: 'error',
      callSid: null,
      requestUrl: null,
      requestMethod: null,
      text: '',
      at: this.line.time.date().getTime(),
      ...alert,
      errorCode: String(alert.errorCode),
    };
    this.alerts.push(made);
    return made;
  }

  /** The operator makes a second auth token; the first still holds. */
  createSecondaryToken(): string {
    this.secondaryAuthToken = randomBytes(16).toString('hex');
    return this.secondaryAuthToken;
  }

  /** The operator makes another auth token the primary one: the one before is refused from now on. */
  rotateToken(authToken = this.secondaryAuthToken ?? randomBytes(16).toString('hex')): string {
    this.authToken = authToken;
    this.secondaryAuthToken = null;
    return authToken;
  }

  /** A text was sent. */
  takeText(text: SentText): void {
    this.texts.push(text);
    (this.parent ?? this).onText(text);
  }

  /** From now on requests that match fail. Of several that match the one that was told first counts. */
  fail(matcher: FailureMatcher, failure: Failure): void {
    if (this.parent !== null) this.parent.fail(matcher, failure);
    else this.#failures.add(matcher, failure);
  }

  stopFailing(): void {
    if (this.parent !== null) this.parent.stopFailing();
    else this.#failures.clear();
  }

  /** For the server alone: keeps the request, and says whether it is to fail. */
  see(request: SeenRequest): Failure | undefined {
    this.#requests.push(request);
    return this.#failures.take(request);
  }
}

function newCallerId(phoneNumber: string): VerifiedCallerId {
  return { sid: newSid('PN'), phoneNumber, friendlyName: phoneNumber };
}
