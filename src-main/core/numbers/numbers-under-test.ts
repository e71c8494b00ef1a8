import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../../../src-preload/contract/account.ts';
import type { NumberConfig } from '../../../src-preload/contract/numbers.ts';
import { numberConfigKeys } from '../../../src-preload/contract/numbers.ts';
import { ManualTime } from '../../rehearsal/manual-time.ts';
import type { RehearsedNumber } from '../../rehearsal/rest/rehearsal-numbers.ts';
import { AttachedNumberQueries } from '../database/attached-numbers.ts';
import { NetQueries, type NetRow } from '../database/nets.ts';
import { openDatabase } from '../database/open-database.ts';
import { handClock, rememberingLogger } from '../database/testing.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { parseDeskFile } from '../desk/parse-desk-file.ts';
import { NetService } from '../net/net-service.ts';
import type { Notifier } from '../ports.ts';
import { type RehearsedTwilio, rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import { createTwilioRest } from '../twilio/create-twilio-rest.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { NumberService, type NumberServiceDeps } from './number-service.ts';

export const businessNumber = '+14165550100';

/** A desk whose workflow answers `businessNumber`. */
export const deskYaml = `patchbay: 1
integrations:
  - { id: desk, name: Desk, staticNumber: "+14165551234" }
workflows:
  - { id: reception, name: Reception, number: "${businessNumber}", integration: desk, greeting: Hello, prompt: Talk,
      model: "rehearsal:keywords" }
`;

/** As a number was before Patchbay came. */
export const before = {
  voiceUrl: 'https://old.example/voice?x=1#rc=2',
  voiceMethod: 'GET',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: 'https://old.example/status',
  statusCallbackMethod: 'GET',
  voiceApplicationSid: 'AP0123456789abcdef0123456789abcdef',
  trunkSid: '',
} as const satisfies NumberConfig;

export const netUrl = 'https://patchbay-1234.twil.io/answer';
export const sid = 'PN0123456789abcdef0123456789abcdef';

/** How the line to Twilio is cut at one request and stays cut. "crash" takes this machine along. */
export type Cut = { atRequest: number; carriedOut: boolean; crash: boolean };

/** The service on the rehearsed Twilio, on a database that outlives it; the net is a stand-in, or the real one. */
export class NumbersUnderTest implements AsyncDisposable {
  readonly twilio: RehearsedTwilio;
  readonly #folder = mkdtempSync(join(tmpdir(), 'patchbay-numbers-'));
  readonly notices: string[] = [];
  readonly logger = rememberingLogger();
  readonly clock = handClock();
  origin: string | null = 'https://one.example';
  desk = compileDesk(parseDeskFile(deskYaml).desk);
  account: Account;
  publishNet: NumberServiceDeps['publishNet'] = async (onStep) => {
    onStep('The net is published.');
    return netUrl;
  };
  /** Where the stand-in for the net was published last. */
  #published: string | null = null;
  #cut: Cut | null = null;
  #asked = 0;
  /** Builds at Twilio take their time on it; null: the net is a stand-in. */
  readonly #time: ManualTime | null;
  #db = this.#open();
  net: NetService | null = null;
  service: NumberService;

  private constructor(twilio: RehearsedTwilio, time: ManualTime | null) {
    this.twilio = twilio;
    this.#time = time;
    this.account = {
      accountSid: twilio.account.sid,
      name: 'Harbour Plumbing',
      type: 'Full',
      status: 'active',
      parentSid: null,
      balance: null,
      concurrency: { calls: null, why: '' },
      meanings: [],
      checkedAt: 0,
    };
    this.service = this.#serve();
  }

  static async start(
    number: Partial<RehearsedNumber> = {},
    { realNet = false } = {},
  ): Promise<NumbersUnderTest> {
    const phoneNumber = businessNumber;
    const time = realNet ? new ManualTime() : null;
    const numbers = [{ phoneNumber, sid, ...before, ...number }];
    return new NumbersUnderTest(await rehearseTwilio({ numbers }, time === null ? {} : { time }), time);
  }

  get netRow(): NetRow | undefined {
    return new NetQueries(this.#db).get(this.account.accountSid);
  }

  get rows(): AttachedNumberQueries {
    return new AttachedNumberQueries(this.#db);
  }

  /** The number's settings as Twilio holds them. */
  atTwilio(): NumberConfig {
    const number = this.twilio.account.number(businessNumber);
    return Object.fromEntries(numberConfigKeys.map((key) => [key, number[key]])) as NumberConfig;
  }

  /** Someone changes the number in the Console. */
  inConsole(changes: Partial<RehearsedNumber>): void {
    Object.assign(this.twilio.account.number(businessNumber), changes);
  }

  async attach(): Promise<string[]> {
    const steps: string[] = [];
    const { token } = await this.service.planAttach(sid, 'reception');
    await this.service.attach({ sid, workflowId: 'reception', token }, (says) => steps.push(says));
    return steps;
  }

  async detach(): Promise<string[]> {
    const steps: string[] = [];
    const { token } = await this.service.planDetach(sid);
    await this.service.detach({ sid, token }, (says) => steps.push(says));
    return steps;
  }

  async repair(): Promise<void> {
    const { token } = await this.service.planRepair(sid);
    await this.service.repair({ sid, token });
  }

  /** What happens in the background from a start on, or once the network is back. */
  async settle(): Promise<void> {
    this.net?.start();
    this.net?.refresh();
    await this.net?.idle();
    await this.service.look();
    await this.net?.idle();
  }

  /** The line is cut at the given request to Twilio, counted from now. */
  cut(cut: Cut): void {
    this.#asked = 0;
    this.#cut = cut;
  }

  get wasCut(): boolean {
    return this.#cut !== null && this.#asked >= this.#cut.atRequest;
  }

  mend(): void {
    this.#cut = null;
    this.twilio.account.stopFailing();
  }

  /** The next start, with the line mended. */
  restart(): void {
    this.mend();
    void this.net?.stop();
    this.#db.close();
    this.#db = this.#open();
    this.service = this.#serve();
  }

  #open() {
    return openDatabase(join(this.#folder, 'patchbay.db'), { logger: this.logger, clock: this.clock });
  }

  #serve(): NumberService {
    const numbers = new AttachedNumberQueries(this.#db, { onDelete: () => this.net?.refresh() });
    const twilio: TwilioRest = {
      ask: (question) => this.#ask((rest) => rest.ask(question)),
      uploadFunction: (upload) => this.#ask((rest) => rest.uploadFunction(upload)),
      fetchHosted: (url, params) => this.#ask((rest) => rest.fetchHosted(url, params)),
      fetchMedia: (url) => this.#ask((rest) => rest.fetchMedia(url)),
    };
    const deps = {
      twilio,
      db: this.#db,
      numbers,
      desk: () => this.desk,
      account: () => this.account,
      notifier: {
        notify: ({ title, body }) => void this.notices.push(`${title} ${body}`),
      } satisfies Notifier,
      clock: this.clock,
      logger: this.logger,
    };
    const time = this.#time;
    if (time !== null)
      this.net = new NetService({
        ...deps,
        onMoved: () => void this.service.repoint(),
        wait: async (ms, signal) => {
          await time.advance(ms / 1000);
          signal.throwIfAborted();
        },
      });
    return new NumberService({
      ...deps,
      provenOrigin: () => this.origin,
      publishNet: async (onStep) => {
        if (this.net !== null) return this.net.publish(onStep);
        this.#published = await this.publishNet(onStep);
        return this.#published;
      },
      netUrl: () => (this.net === null ? this.#published : this.net.publishedUrl()),
    });
  }

  async #ask<T>(question: (rest: TwilioRest) => Promise<T>): Promise<T> {
    const { vault, apiUrl, account } = this.twilio;
    // Retries of requests are not what is tested here, so they take no time.
    const waiting = { now: () => 0, random: () => 0, sleep: async () => {} };
    const rest = createTwilioRest({ vault, apiUrl: () => apiUrl, waiting });
    this.#asked += 1;
    const cut = this.#cut;
    if (cut === null || this.#asked < cut.atRequest) return question(rest);
    const isFirst = this.#asked === cut.atRequest;
    account.stopFailing();
    account.fail({}, { hangUp: true, ...(isFirst && cut.carriedOut && { afterCarryingOut: true }) });
    try {
      return await question(rest);
    } finally {
      if (cut.crash) this.#db.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.service.stop();
    await this.net?.stop();
    this.#db.close();
    rmSync(this.#folder, { recursive: true, force: true });
    await this.twilio[Symbol.asyncDispose]();
  }
}
