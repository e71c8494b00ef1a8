import type { NumberConfig } from '../../../src-preload/contract/numbers.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

/** One of the account's numbers as Twilio has it right now. */
export interface SeenNumber {
  sid: string;
  /** E.164. */
  number: string;
  name: string;
  voice: boolean;
  config: NumberConfig;
}

/** What the twilio package makes of an IncomingPhoneNumber; any of it may be missing or null. */
interface Answer {
  sid: string;
  phoneNumber: string;
  friendlyName?: string | null;
  capabilities?: { voice?: boolean } | null;
  voiceUrl?: string | null;
  voiceMethod?: string | null;
  voiceFallbackUrl?: string | null;
  voiceFallbackMethod?: string | null;
  statusCallback?: string | null;
  statusCallbackMethod?: string | null;
  voiceApplicationSid?: string | null;
  trunkSid?: string | null;
}

/** The account's phone numbers at Twilio (IncomingPhoneNumber resource). Every method @throws TwilioRequestError. */
export class TwilioNumbers {
  readonly #twilio: TwilioRest;

  constructor(twilio: TwilioRest) {
    this.#twilio = twilio;
  }

  async list(): Promise<SeenNumber[]> {
    const answers = await this.#twilio.ask((client) => client.incomingPhoneNumbers.list({ pageSize: 200 }));
    return answers.map(seenNumber);
  }

  async fetch(sid: string): Promise<SeenNumber> {
    return seenNumber(await this.#twilio.ask((client) => client.incomingPhoneNumbers(sid).fetch()));
  }

  /** All of `changes` in one request, which Twilio takes or refuses as a whole. */
  async change(sid: string, changes: Partial<NumberConfig>): Promise<void> {
    await this.#twilio.ask((client) => client.incomingPhoneNumbers(sid).update(changes));
  }
}

function seenNumber(answer: Answer): SeenNumber {
  return {
    sid: answer.sid,
    number: answer.phoneNumber,
    name: answer.friendlyName || answer.phoneNumber,
    voice: answer.capabilities?.voice !== false,
    config: {
      voiceUrl: answer.voiceUrl ?? '',
      voiceMethod: methodOf(answer.voiceMethod),
      voiceFallbackUrl: answer.voiceFallbackUrl ?? '',
      voiceFallbackMethod: methodOf(answer.voiceFallbackMethod),
      statusCallback: answer.statusCallback ?? '',
      statusCallbackMethod: methodOf(answer.statusCallbackMethod),
      voiceApplicationSid: answer.voiceApplicationSid ?? '',
      trunkSid: answer.trunkSid ?? '',
    },
  };
}

/** POST is what Twilio does where no method is set, and a method can't be set to none. */
function methodOf(method: string | null | undefined): string {
  return method || 'POST';
}
