import type { DialResult } from '../../../src-preload/contract/calls.ts';
import type { CallService } from '../calls/call-service.ts';
import { isCallOver } from '../twilio/call-status.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { dialEndedParams } from './twilio-params.ts';

/** `<Dial action>`: a destination was rung, and this is what came of it. */
export async function dialEndedWebhook(
  calls: CallService,
  fields: TwilioFields,
  callId: string,
  dial: number,
): Promise<TwilioAnswer> {
  const params = dialEndedParams.parse(fields);
  const status = params.DialCallStatus;
  const result: DialResult = status === 'completed' ? 'answered' : status;
  const twiml = await calls.dialEnded(callId, dial, {
    result,
    legSid: params.DialCallSid,
    talkSeconds: params.DialCallDuration,
    bridged: params.DialBridged,
    callOver: isCallOver(params.CallStatus),
  });
  return { callId, twiml };
}
