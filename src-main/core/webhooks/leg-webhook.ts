import type { CallService } from '../calls/call-service.ts';
import type { RungPhone } from '../calls/rung-phone.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { legParams } from './twilio-params.ts';

/** `<Number statusCallback>`: how the leg to a destination fares. Twilio expects no TwiML here. */
export async function legWebhook(
  calls: CallService,
  fields: TwilioFields,
  callId: string,
  phone: RungPhone,
): Promise<TwilioAnswer> {
  const params = legParams.parse(fields);
  await calls.legChanged(callId, phone, {
    legSid: params.CallSid,
    status: params.CallStatus,
    ...(params.ErrorCode && { errorCode: params.ErrorCode }),
  });
  return { callId, twiml: null };
}
