import type { CallService } from '../calls/call-service.ts';
import { isCallOver } from '../twilio/call-status.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { callerStatusParams } from './twilio-params.ts';

/** The status callback of an attached number: how a caller's own call fares. Twilio expects no TwiML here. */
export async function statusWebhook(calls: CallService, fields: TwilioFields): Promise<TwilioAnswer> {
  const { CallSid, CallStatus } = callerStatusParams.parse(fields);
  const callId = isCallOver(CallStatus) ? calls.callerLeft(CallSid) : undefined;
  return { callId: callId ?? '', twiml: null };
}
