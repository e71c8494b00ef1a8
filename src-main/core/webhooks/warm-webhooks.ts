import type { CallService } from '../calls/call-service.ts';
import type { RungPhone } from '../calls/rung-phone.ts';
import { isCallOver } from '../twilio/call-status.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { waitEndedParams } from './twilio-params.ts';

/** A human whose phone was rung over REST has heard who calls. */
export async function joinWebhook(
  calls: CallService,
  callId: string,
  phone: RungPhone,
): Promise<TwilioAnswer> {
  return { callId, twiml: await calls.joined(callId, phone) };
}

/** A caller who waits is led, over REST, into the conference to talk. */
export async function talkWebhook(calls: CallService, callId: string, dial: number): Promise<TwilioAnswer> {
  return { callId, twiml: await calls.talk(callId, dial) };
}

/** `<Dial action>` of a caller who waits in a conference, or the address to which such a caller is led when nobody joins. */
export async function waitEndedWebhook(
  calls: CallService,
  fields: TwilioFields,
  callId: string,
  dial: number,
): Promise<TwilioAnswer> {
  const { CallStatus } = waitEndedParams.parse(fields);
  return { callId, twiml: await calls.waitEnded(callId, dial, { callOver: isCallOver(CallStatus) }) };
}
