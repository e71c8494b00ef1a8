import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';
import type { CallPlan } from './call-plan.ts';
import { type LineContext, PlacedCall } from './placed-call.ts';
import { RehearsalRest, type SentText } from './rehearsal-rest.ts';
import { ScriptTime } from './script-time.ts';
import { WebhookClient } from './webhook-client.ts';

export interface RehearsalLineOptions {
  /** Where the webhook listener really listens: an origin on this machine. */
  webhookUrl: string;
  /** The origin that Patchbay believes to be reached under: requests are signed for it, TwiML must name it. */
  publicUrl: string;
  account: { sid: string; authToken: string };
  /** How many times faster than the clock people speak, phones ring and pauses pass. Patchbay's own time stays real. */
  speed: number;
  logger: Logger;
}

/**
 * The rehearsal line: Twilio's side of a call, without Twilio. It rings Patchbay's webhooks, runs the TwiML that it
 * answers, and plays the caller and the destinations as scripted. Nothing of it leaves this machine.
 */
export class RehearsalLine {
  readonly webhooks: WebhookClient;
  readonly #context: LineContext;
  readonly #ownNumbers = new Set<string>();
  readonly #rest: RehearsalRest;
  readonly #calls = new Set<PlacedCall>();
  readonly #texts: SentText[] = [];
  readonly #logger: Logger;

  constructor(options: RehearsalLineOptions) {
    const { webhookUrl, publicUrl, account, speed, logger } = options;
    this.#logger = logger;
    this.webhooks = new WebhookClient({ webhookUrl, publicUrl, authToken: account.authToken });
    this.#context = {
      account,
      webhooks: this.webhooks,
      time: new ScriptTime(speed),
      ownNumbers: this.#ownNumbers,
    };
    this.#rest = new RehearsalRest(account, (text) => this.#takeText(text));
  }

  /** The texts that were sent so far. */
  get texts(): readonly SentText[] {
    return this.#texts;
  }

  /** Opens the REST side. @returns what takes the place of Twilio's API: `<apiUrl>/<subdomain>/<path>`. */
  async start(): Promise<{ apiUrl: string }> {
    return await this.#rest.start();
  }

  /** Hangs up every call and waits until they are over. Safe to call twice. */
  async stop(): Promise<void> {
    const calls = [...this.#calls];
    for (const call of calls) call.hangUp();
    await Promise.allSettled(calls.map((call) => call.ended));
    await this.#rest.stop();
  }

  /** From now on a text to this number fails with this Twilio error. */
  refuseTextsTo(number: string, code: number): void {
    this.#rest.refuseTextsTo(number, code);
  }

  /** The account owns this number, so that it may be shown as caller ID. */
  own(number: string): void {
    this.#ownNumbers.add(number);
  }

  /** Places a call; it goes on by itself, and its failure touches no other. */
  place(plan: CallPlan): PlacedCall {
    const call = new PlacedCall(plan, this.#context);
    this.#calls.add(call);
    call.ended
      .catch((error: unknown) => {
        this.#logger.error('A rehearsed call broke', { callSid: call.callSid, problem: messageOf(error) });
      })
      .finally(() => this.#calls.delete(call));
    return call;
  }

  #takeText(text: SentText): void {
    this.#texts.push(text);
    for (const call of this.#calls) {
      if (call.plan.from === text.to) call.trace.add('text', `to ${text.to}: "${text.body}"`);
    }
  }
}
