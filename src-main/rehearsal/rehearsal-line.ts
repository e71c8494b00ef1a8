import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';
import type { CallPlan } from './call-plan.ts';
import { PlacedCall } from './placed-call.ts';
import {
  RehearsalAccount,
  type RehearsalAccountSetup,
  type SentText,
} from './rest/rehearsal-account-state.ts';
import { type ExchangeCheck, RestServer } from './rest/rest-server.ts';
import { ScriptTime } from './script-time.ts';
import type { WebhookClient } from './webhook-client.ts';

export interface RehearsalLineOptions {
  /** Where the webhook listener really listens: an origin on this machine. */
  webhookUrl: string;
  /** The origin that Patchbay believes to be reached under: requests are signed for it, TwiML must name it. */
  publicUrl: string;
  /** The credentials that Patchbay has, and what else the account is to be like. */
  account: RehearsalAccountSetup & { sid: string; authToken: string };
  /** How many times faster than the clock people speak, phones ring and pauses pass. Patchbay's own time stays real. */
  speed: number;
  logger: Logger;
  /** Is asked about every request to the REST side and every answer of it; what it finds wrong is refused. */
  check?: ExchangeCheck | undefined;
}

/**
 * The rehearsal line: Twilio's side of a call and of the account, without Twilio. It rings Patchbay's webhooks, runs
 * the TwiML that it answers, plays the caller and the destinations as scripted, and answers Patchbay's REST requests.
 * Nothing of it leaves this machine.
 */
export class RehearsalLine {
  /** What Twilio holds of the account; changing it is what an operator does in the Console. */
  readonly account: RehearsalAccount;
  readonly #rest: RestServer;
  readonly #calls = new Set<PlacedCall>();
  readonly #logger: Logger;

  constructor(options: RehearsalLineOptions) {
    const { webhookUrl, publicUrl, account, speed, logger, check } = options;
    this.#logger = logger;
    this.account = new RehearsalAccount(account, { webhookUrl, publicUrl, time: new ScriptTime(speed) });
    this.account.onText = (text) => this.#takeText(text);
    this.#rest = new RestServer(this.account, { check });
  }

  get webhooks(): WebhookClient {
    return this.account.line.webhooks;
  }

  /** The texts that were sent so far. */
  get texts(): readonly SentText[] {
    return this.account.texts;
  }

  /** Opens the REST side. @returns what takes the place of Twilio's API: `<apiUrl>/<subdomain>/<path>`. */
  async start(): Promise<{ apiUrl: string }> {
    return await this.#rest.start();
  }

  /** Hangs up every call and waits until they are over. Safe to call twice. */
  async stop(): Promise<void> {
    const calls = [...this.#calls];
    for (const call of calls) call.hangUp();
    await Promise.allSettled([this.account.stop(), ...calls.map((call) => call.ended)]);
    await this.#rest.stop();
  }

  /** From now on a text to this number fails with this Twilio error. */
  refuseTextsTo(number: string, code: number): void {
    this.account.refusedTexts.set(number, code);
  }

  /** The account owns this number, so that it may be shown as caller ID. */
  own(number: string): void {
    this.account.own(number);
  }

  /** Places a call; it goes on by itself, and its failure touches no other. */
  place(plan: CallPlan): PlacedCall {
    const owner = this.account.subaccounts.find(({ numbers }) =>
      numbers.some(({ phoneNumber }) => phoneNumber === plan.to),
    );
    const account = owner ?? this.account;
    const call = new PlacedCall(plan, account.line);
    this.#calls.add(call);
    account.calls.cameIn(call);
    call.ended
      .catch((error: unknown) => {
        this.#logger.error('A rehearsed call broke', { callSid: call.callSid, problem: messageOf(error) });
      })
      .finally(() => this.#calls.delete(call));
    return call;
  }

  #takeText(text: SentText): void {
    for (const call of this.#calls) {
      if (call.plan.from === text.to) call.trace.add('text', `to ${text.to}: "${text.body}"`);
    }
  }
}
