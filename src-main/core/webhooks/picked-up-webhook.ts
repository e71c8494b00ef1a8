import type { CallService } from '../calls/call-service.ts';
import type { RungPhone } from '../calls/rung-phone.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { keyParams } from './twilio-params.ts';

/** `<Number url>`: somebody picked up, and hears something before the caller is put through. */
export async function pickedUpWebhook(
  calls: CallService,
  callId: string,
  phone: RungPhone,
): Promise<TwilioAnswer> {
  return { callId, twiml: await calls.pickedUp(callId, phone) };
}

/** `<Gather action>` at a phone, or the redirect behind it when no key was pressed. */
export async function keyPressedWebhook(
  calls: CallService,
  fields: TwilioFields,
  callId: string,
  phone: RungPhone,
  time: number,
): Promise<TwilioAnswer> {
  const { Digits } = keyParams.parse(fields);
  return { callId, twiml: await calls.keyPressed(callId, phone, time, Digits) };
}
