import type { CallService } from '../calls/call-service.ts';
import { isCallOver } from '../twilio/call-status.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { voicemailParams } from './twilio-params.ts';

/** `<Record action>`, or the redirect behind it when the caller left nothing. */
export async function voicemailWebhook(
  calls: CallService,
  fields: TwilioFields,
  callId: string,
): Promise<TwilioAnswer> {
  const { RecordingUrl: url, RecordingDuration: seconds, CallStatus } = voicemailParams.parse(fields);
  const twiml = await calls.voicemailEnded(callId, {
    recording: url === undefined ? null : { url, seconds: seconds ?? 0 },
    callOver: isCallOver(CallStatus),
  });
  return { callId, twiml };
}
