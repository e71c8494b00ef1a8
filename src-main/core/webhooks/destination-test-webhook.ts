import type { DestinationService } from '../destinations/destination-service.ts';
import type { TwilioAnswer, TwilioFields } from './twilio-answer.ts';
import { keyParams } from './twilio-params.ts';

/** `<Gather action>` of a test call to a destination: a person pressed a key, or nobody did. It is no caller's call. */
export async function destinationTestWebhook(
  destinations: Pick<DestinationService, 'keyPressed'>,
  fields: TwilioFields,
  token: string,
): Promise<TwilioAnswer> {
  const { Digits } = keyParams.parse(fields);
  return { callId: '', twiml: destinations.keyPressed(token, Digits) };
}
