import type { Account } from '../../../src-preload/contract/account.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import { ManualTime } from '../../rehearsal/manual-time.ts';
import type { FailureMatcher } from '../../rehearsal/rest/rehearsal-failures.ts';
import { AttachedNumberQueries } from '../database/attached-numbers.ts';
import { NetQueries } from '../database/nets.ts';
import { handClock, memoryDatabase, rememberingLogger } from '../database/testing.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { parseDeskFile } from '../desk/parse-desk-file.ts';
import { ProblemError, TwilioRequestError } from '../errors.ts';
import { deskYaml } from '../test-support/core-under-test.ts';
import { type RehearsedTwilio, rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import { createTwilioRest } from '../twilio/create-twilio-rest.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { NetService } from './net-service.ts';
import { askNet } from './publish-net.ts';
import { attached, businessNumber, config } from './test-support.ts';

export const voiceUrl = 'https://patchbay.example/twilio/voice';

/** The service on the rehearsed Twilio, with one attached number, on a database that outlives it. */
export class NetUnderTest implements AsyncDisposable {
  readonly twilio: RehearsedTwilio;
  readonly db = memoryDatabase();
  readonly nets = new NetQueries(this.db);
  readonly numbers = new AttachedNumberQueries(this.db);
  readonly clock = handClock();
  readonly logger = rememberingLogger();
  readonly notices: string[] = [];
  /** How often it was told that numbers want another fallback URL. */
  moved = 0;
  account: Account | null;
  desk = compileDesk(parseDeskFile(deskYaml()).desk);
  /** Called before the service waits; rejects to have it stopped there. */
  onWait: () => void = () => {};
  /** Whether Twilio's time goes on while the service waits. */
  timePasses = true;
  service: NetService;
  /** Twilio without the waits of retries, which are not tested here. */
  readonly rest: TwilioRest;
  /** This machine dies at that question to Twilio, counted down from now: nothing is written or asked after it. */
  crash: { atQuestion: number; carriedOut: boolean } | null = null;
  readonly #time: ManualTime;
  #seen = 0;

  private constructor(twilio: RehearsedTwilio, time: ManualTime) {
    this.twilio = twilio;
    this.#time = time;
    this.account = this.accountWith(twilio.account.sid);
    this.attach(businessNumber);
    const rest = createTwilioRest({
      vault: twilio.vault,
      apiUrl: () => twilio.apiUrl,
      waiting: { now: () => 0, random: () => 0, sleep: async () => {} },
    });
    this.rest = {
      ask: (question, credentials) => this.#unlessCrashed(() => rest.ask(question, credentials)),
      uploadFunction: (upload) => this.#unlessCrashed(() => rest.uploadFunction(upload)),
      fetchHosted: (url, params) => this.#unlessCrashed(() => rest.fetchHosted(url, params)),
      fetchMedia: (url) => this.#unlessCrashed(() => rest.fetchMedia(url)),
    };
    this.service = this.#serve();
  }

  accountWith(accountSid: string): Account {
    return {
      accountSid,
      name: 'Harbour Plumbing',
      type: 'Full',
      status: 'active',
      parentSid: null,
      balance: null,
      concurrency: { calls: null, why: '' },
      meanings: [],
      checkedAt: 0,
    };
  }

  static async start(): Promise<NetUnderTest> {
    const time = new ManualTime();
    return new NetUnderTest(await rehearseTwilio({ numbers: [businessNumber] }, { time }), time);
  }

  /** Notes the number as attached; `url` is where its fallback URL leads, here and at Twilio. */
  attach(number: string, url = ''): void {
    const owned = this.twilio.account.own(number);
    Object.assign(owned, { voiceUrl, voiceFallbackUrl: url });
    this.numbers.put(
      attached({
        sid: owned.sid,
        accountSid: this.twilio.account.sid,
        number,
        set: config({ voiceUrl, voiceFallbackUrl: url }),
      }),
    );
  }

  detach(number: string): void {
    const owned = this.twilio.account.number(number);
    Object.assign(owned, { voiceUrl: '', voiceFallbackUrl: '' });
    this.numbers.delete(owned.sid);
  }

  /** The operator applies a desk file with another static number. */
  useStaticNumber(number: string): void {
    this.useDesk(deskYaml().replace(/staticNumber: "[^"]*"/, `staticNumber: "${number}"`));
  }

  useDesk(yaml: string): void {
    this.desk = compileDesk(parseDeskFile(yaml).desk);
  }

  async publish(): Promise<{ url: string; steps: string[] }> {
    const steps: string[] = [];
    const url = await this.service.publish((says) => steps.push(says));
    return { url, steps };
  }

  /** Publishes and has the number's fallback URL lead to the net, as attaching does. */
  async publishFor(number = businessNumber): Promise<string> {
    const { url } = await this.publish();
    this.attach(number, url);
    return url;
  }

  restart(): NetService {
    this.crash = null;
    void this.service.stop();
    this.service = this.#serve();
    return this.service;
  }

  /** What the account holds of Serverless, asked over the API. */
  async hosted() {
    const { rest } = this;
    const services = await rest.ask((client) => client.serverless.v1.services.list());
    const of = services[0]?.sid;
    if (of === undefined)
      return { services: 0, environments: 0, functions: 0, builds: [], deployed: undefined };
    const [environments, functions, builds] = await Promise.all([
      rest.ask((client) => client.serverless.v1.services(of).environments.list()),
      rest.ask((client) => client.serverless.v1.services(of).functions.list()),
      rest.ask((client) => client.serverless.v1.services(of).builds.list()),
    ]);
    return {
      services: services.length,
      environments: environments.length,
      functions: functions.length,
      builds: builds.map(({ sid }) => sid),
      deployed: environments[0]?.buildSid,
    };
  }

  /** What the net answers to a call, or the status when it answers none. */
  async answerOf(url: string, number = businessNumber): Promise<string> {
    const { status, body } = await askNet(this.rest, url, { number, accountSid: this.twilio.account.sid });
    return status === 200 ? body : String(status);
  }

  /** The requests that match, since the last time this was asked. */
  requests(matcher: FailureMatcher = {}): string[] {
    const { requests } = this.twilio.account;
    const fresh = requests.slice(this.#seen);
    this.#seen = requests.length;
    return fresh
      .filter(
        ({ method, subdomain, path }) =>
          (matcher.method ?? method) === method &&
          (matcher.subdomain ?? subdomain) === subdomain &&
          (matcher.path?.test(path) ?? true),
      )
      .map(({ method, path }) => `${method} ${path}`);
  }

  async #unlessCrashed<T>(ask: () => Promise<T>): Promise<T> {
    if (this.crash === null || --this.crash.atQuestion > 0) return ask();
    if (this.crash.atQuestion === 0) {
      void this.service.stop();
      if (this.crash.carriedOut) await ask();
    }
    throw new TwilioRequestError('This machine is dead', { retryable: true });
  }

  #serve(): NetService {
    return new NetService({
      twilio: this.rest,
      db: this.db,
      numbers: this.numbers,
      desk: () => this.desk,
      account: () => this.account,
      notifier: { notify: ({ title, body }) => this.notices.push(`${title}: ${body}`) },
      clock: this.clock,
      logger: this.logger,
      onMoved: () => {
        this.moved += 1;
      },
      wait: async (ms, signal) => {
        this.onWait();
        if (this.timePasses) await this.#time.advance(ms / 1000);
        signal.throwIfAborted();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.stop();
    this.db.close();
    await this.twilio[Symbol.asyncDispose]();
  }
}

/** The problem with which this fails. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProblemError)) throw new Error('it did not fail with a problem', { cause: thrown });
  return thrown.problem;
}
