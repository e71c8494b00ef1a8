/** The fields of a form that Twilio posts. */
export type TwilioFields = Readonly<Record<string, string | string[]>>;

/** What a webhook of Twilio's is answered with; null TwiML is an empty 204. */
export interface TwilioAnswer {
  callId: string;
  twiml: string | null;
}
