import type { CallService } from '../calls/call-service.ts';
import { isCallOver } from '../twilio/call-status.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { relayEndedParams } from './twilio-params.ts';

/** `<Connect action>`: a ConversationRelay session is over. Always answered with TwiML, or the call would end there. */
export async function relayEndedWebhook(
  calls: CallService,
  fields: TwilioFields,
  callId: string,
  relay: number,
): Promise<TwilioAnswer> {
  const params = relayEndedParams.parse(fields);
  const twiml = await calls.relayEnded(callId, relay, {
    sessionStatus: params.SessionStatus,
    errorCode: params.ErrorCode,
    errorMessage: params.ErrorMessage,
    callOver: isCallOver(params.CallStatus),
  });
  return { callId, twiml };
}
