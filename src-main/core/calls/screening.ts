import type { CallView, ScreenChoice } from '../../../src-preload/contract/calls.ts';
import { briefTwiml, hangUpTwiml, putThroughTwiml, screenTwiml } from '../twilio/twiml.ts';
import type { Briefings } from './briefings.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallLinks } from './call-links.ts';
import type { CallLog } from './call-log.ts';
import { type RungPhone, rungAt } from './rung-phone.ts';
import type { WarmTransfer } from './warm-transfer.ts';

export interface ScreeningDeps {
  log: CallLog;
  desk: CallDesk;
  briefings: Briefings;
  links: CallLinks;
  warm: Pick<WarmTransfer, 'join'>;
}

/** The keys are said so often; then the phone is hung up. */
const timesAsked = 2;

const choiceOf: Readonly<Record<string, ScreenChoice>> = {
  '': 'none',
  '1': 'take',
  '2': 'pass',
  '3': 'message',
};

/**
 * What the human hears who picks up (`<Number url>`, or the address of a phone that was rung over REST), and what follows
 * from the key that is pressed. Answers with TwiML.
 */
export class Screening {
  readonly #deps: ScreeningDeps;

  constructor(deps: ScreeningDeps) {
    this.#deps = deps;
  }

  /** Somebody picked up, or a voicemail did. */
  pickedUp(call: CallView, phone: RungPhone): string {
    const { log, desk, briefings, links } = this.#deps;
    const rung = rungAt(call, phone);
    if (rung === undefined || rung.endedAt !== null || rung.warm !== phone.warm) return hangUpTwiml();
    const text = briefings.spoken(call);
    const about = { destination: rung.destination, dial: phone.dial, text };
    if (!rung.screened) {
      void log.append(call.id, { type: 'briefing.said', ...about });
      const said = { say: text, language: desk.languageOf(call) };
      if (!phone.warm) return putThroughTwiml(said);
      return briefTwiml({ ...said, nextUrl: links.warm.joined(call.id, phone.dial, phone.leg) });
    }
    void log.append(call.id, { type: 'screen.asked', ...about });
    return this.#ask(call, phone, { say: text, from: 1 });
  }

  /** A key was pressed, or none (`digits` is empty). `time` counts how often it was asked for. */
  pressed(call: CallView, phone: RungPhone, time: number, digits: string): string | Promise<string> {
    const { log, desk, warm } = this.#deps;
    const rung = rungAt(call, phone);
    if (rung === undefined || rung.endedAt !== null || rung.warm !== phone.warm) return hangUpTwiml();
    const putThrough = () => (phone.warm ? warm.join(call, phone) : putThroughTwiml());
    if (rung.choice === 'take') return putThrough();
    const known = choiceOf[digits];
    if (known === undefined && time < timesAsked) return this.#ask(call, phone, { from: time + 1 });
    const choice = known ?? 'none';
    const isTaken = call.rung.some((each) => each.dial === phone.dial && each.choice === 'take');
    const late = choice === 'take' && isTaken;
    void log.append(call.id, {
      type: 'screen.answered',
      destination: rung.destination,
      dial: phone.dial,
      choice,
      ...(late && { late }),
    });
    if (choice !== 'take') return hangUpTwiml();
    if (!late) return putThrough();
    const { takenAlready } = desk.phrasesOf(call).briefing;
    return hangUpTwiml({ say: takenAlready, language: desk.languageOf(call) });
  }

  #ask(call: CallView, phone: RungPhone, { say, from }: { say?: string; from: number }): string {
    const { desk, links } = this.#deps;
    const { keyPressed } = phone.warm ? links.warm : links;
    const keyUrls = Array.from({ length: timesAsked + 1 - from }, (_, index) =>
      keyPressed(call.id, phone.dial, phone.leg, from + index),
    );
    const { keys } = desk.phrasesOf(call).briefing;
    return screenTwiml({ say, keys, keyUrls, language: desk.languageOf(call) });
  }
}
