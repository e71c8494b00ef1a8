import type { DialResult } from '../../../src-preload/contract/calls.ts';
import type { PromiseService } from '../promises/promise-service.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { dialEndedParams, keyParams, legParams } from './twilio-params.ts';

type Callbacks = Pick<PromiseService, 'keyPressed' | 'callerLeg' | 'dialEnded'>;

/** `<Gather action>` of a call back: the operator pressed a key, or nobody did. */
export async function callbackKeyWebhook(
  promises: Callbacks,
  fields: TwilioFields,
  token: string,
): Promise<TwilioAnswer> {
  const { Digits } = keyParams.parse(fields);
  return { callId: '', twiml: promises.keyPressed(token, Digits) };
}

/** `<Number statusCallback>`: how the leg to the caller fares. Twilio expects no TwiML here. */
export async function callbackLegWebhook(
  promises: Callbacks,
  fields: TwilioFields,
  token: string,
): Promise<TwilioAnswer> {
  promises.callerLeg(token, legParams.parse(fields).CallStatus);
  return { callId: '', twiml: null };
}

/** `<Dial action>`: the operator and the caller have spoken, or the caller did not pick up. */
export async function callbackDialWebhook(
  promises: Callbacks,
  fields: TwilioFields,
  token: string,
): Promise<TwilioAnswer> {
  const status = dialEndedParams.parse(fields).DialCallStatus;
  const result: DialResult = status === 'completed' ? 'answered' : status;
  return { callId: '', twiml: promises.dialEnded(token, result) };
}
