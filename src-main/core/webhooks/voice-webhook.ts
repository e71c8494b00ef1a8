import type { CallService } from '../calls/call-service.ts';
import { callerNumberOf } from '../routing/caller-number.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { voiceParams } from './twilio-params.ts';

/** A call comes in on one of the operator's Twilio numbers. @throws ZodError when a field that every call has is missing. */
export async function voiceWebhook(calls: CallService, fields: TwilioFields): Promise<TwilioAnswer> {
  const params = voiceParams.parse(fields);
  return calls.receive({
    callSid: params.CallSid,
    accountSid: params.AccountSid,
    from: callerNumberOf(params.From),
    to: callerNumberOf(params.To) ?? params.To,
    forwardedFrom: params.ForwardedFrom,
    callerName: params.CallerName,
    stirVerstat: params.StirVerstat,
    callToken: params.CallToken,
  });
}
