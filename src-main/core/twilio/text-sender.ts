import type { TextSender } from '../ports.ts';
import type { TwilioRest } from './twilio-rest.ts';

/** Sends texts over the account. */
export function createTextSender(twilio: TwilioRest): TextSender {
  return {
    async send({ from, to, body }) {
      const { sid } = await twilio.ask((client) => client.messages.create({ from, to, body }));
      return { sid };
    },
  };
}
