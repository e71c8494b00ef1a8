import type { Vault } from '../ports.ts';
import type { TwilioRest } from './twilio-rest.ts';

export interface TwilioRestDeps {
  /** Holds TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. */
  vault: Vault;
  /**
   * What takes the place of Twilio's servers, or null: `<apiUrl>/<subdomain>/<path>` for `https://<subdomain>.twilio.com/<path>`,
   * and `<apiUrl>/<host>/<path>` for a page that the account hosts, `https://<host>/<path>` with a host in twil.io.
   */
  apiUrl: () => string | null;
}

export function createTwilioRest(_deps: TwilioRestDeps): TwilioRest {
  const notBuilt = () => Promise.reject(new Error('not built'));
  return { ask: notBuilt, uploadFunction: notBuilt, fetchHosted: notBuilt };
}
