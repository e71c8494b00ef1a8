import { randomBytes } from 'node:crypto';
import type { DialEnd } from './dial.ts';
import type { PlacedCall } from './placed-call.ts';
import { sendStatus } from './status-callback.ts';
import { type TwimlElement, TwimlError } from './twiml.ts';

/** How a conference stands for one of those in it. */
type Standing = 'waits' | 'talks' | 'over';

interface Guest {
  call: PlacedCall;
  element: TwimlElement;
  /** The standing has changed. */
  stands(standing: Standing): void;
}

type ConferenceEvent = 'participant-join' | 'participant-leave' | 'conference-start' | 'conference-end';

/** Which `statusCallbackEvent` asks for the report of an event. */
const wordOf: Record<ConferenceEvent, string> = {
  'participant-join': 'join',
  'participant-leave': 'leave',
  'conference-start': 'start',
  'conference-end': 'end',
};

/** The conferences of an account, by name: whoever dials the same name meets. */
export class Conferences {
  readonly #rooms = new Map<string, Room>();

  /** @returns what leaves it again. */
  enter(name: string, guest: Guest): () => void {
    const known = this.#rooms.get(name);
    const room = known ?? new Room(name, guest, () => this.#rooms.delete(name));
    this.#rooms.set(name, room);
    room.enter(guest);
    return () => room.leave(guest);
  }
}

class Room {
  readonly #sid = `CF${randomBytes(16).toString('hex')}`;
  readonly #name: string;
  /** Twilio reports to whom the first guest names, and to nobody else. */
  readonly #reports: TwimlElement['attributes'];
  readonly #over: () => void;
  readonly #guests = new Set<Guest>();
  #started = false;
  #sequence = 0;
  #delivering: Promise<void> = Promise.resolve();

  constructor(name: string, first: Guest, over: () => void) {
    this.#name = name;
    this.#reports = first.element.attributes;
    this.#over = over;
  }

  enter(guest: Guest): void {
    this.#guests.add(guest);
    this.#tell('participant-join', guest);
    const maySpeak = [...this.#guests].some(({ element }) => isSet(element, 'startConferenceOnEnter', true));
    if (!this.#started && this.#guests.size > 1 && maySpeak) {
      this.#started = true;
      this.#tell('conference-start', guest);
    }
    this.#announce();
  }

  leave(guest: Guest): void {
    if (!this.#guests.delete(guest)) return;
    this.#tell('participant-leave', guest);
    if (this.#guests.size > 0 && !isSet(guest.element, 'endConferenceOnExit', false)) {
      this.#announce();
      return;
    }
    this.#over();
    const left = [...this.#guests];
    this.#guests.clear();
    for (const other of left) this.#tell('participant-leave', other);
    this.#tell('conference-end', guest);
    for (const other of left) other.stands('over');
  }

  /** Nobody talks alone. */
  #announce(): void {
    const standing = this.#started && this.#guests.size > 1 ? 'talks' : 'waits';
    for (const guest of this.#guests) guest.stands(standing);
  }

  #tell(event: ConferenceEvent, { call, element }: Guest): void {
    const { statusCallback, statusCallbackMethod, statusCallbackEvent = 'start end' } = this.#reports;
    if (statusCallback === undefined || !statusCallbackEvent.split(/\s+/).includes(wordOf[event])) return;
    const params = {
      AccountSid: call.line.account.sid,
      ConferenceSid: this.#sid,
      FriendlyName: this.#name,
      StatusCallbackEvent: event,
      SequenceNumber: String(++this.#sequence),
      Timestamp: call.time.date().toUTCString(),
      ...(event.startsWith('participant')
        ? {
            CallSid: call.callSid,
            Muted: 'false',
            Hold: 'false',
            StartConferenceOnEnter: String(isSet(element, 'startConferenceOnEnter', true)),
            EndConferenceOnExit: String(isSet(element, 'endConferenceOnExit', false)),
          }
        : {}),
    };
    const to = {
      url: call.resolve(statusCallback),
      method: statusCallbackMethod === 'GET' ? ('GET' as const) : ('POST' as const),
    };
    this.#delivering = this.#delivering.then(() => sendStatus(call.line.webhooks, to, params));
    call.inBackground(this.#delivering);
  }
}

/** A conference's time limit when the `<Dial>` names none; script seconds. */
const longestSeconds = 14_400;

/** Runs a `<Dial>` of a conference: until it ends, the time is up, or the call is over or led elsewhere. */
export async function confer(call: PlacedCall, dial: TwimlElement, element: TwimlElement): Promise<DialEnd> {
  const name = element.text.trim();
  if (element.attributes.waitUrl)
    throw new TwimlError(12200, 'a waitUrl of one’s own can’t be run by the rehearsal line');
  const stop = call.stop;
  const ended = new AbortController();
  const enteredAt = call.time.now();
  const leave = call.line.conferences.enter(name, {
    call,
    element,
    stands(standing) {
      if (standing === 'over') ended.abort();
      else if (standing === 'talks') call.enter({ at: 'connected' });
      else if (call.situation.at !== 'on-hold') {
        call.enter({ at: 'on-hold' });
        call.trace.add('twilio', `holds the caller in the conference ${name}`);
      }
      if (standing === 'talks') call.trace.add('twilio', `lets the conference ${name} talk`);
    },
  });
  const limit = Number(dial.attributes.timeLimit ?? longestSeconds);
  const isUp = await call.time.sleep(limit, AbortSignal.any([stop, ended.signal]));
  if (isUp) call.trace.add('twilio', `took the caller out of the conference: ${limit} s are over`);
  leave();
  return {
    params: {
      DialCallStatus: 'answered',
      DialCallDuration: String(call.time.toSeconds(call.time.now() - enteredAt)),
    },
    endedByDestination: ended.signal.aborted && !stop.aborted,
  };
}

function isSet({ attributes }: TwimlElement, name: string, standard: boolean): boolean {
  return (attributes[name] ?? String(standard)) === 'true';
}
