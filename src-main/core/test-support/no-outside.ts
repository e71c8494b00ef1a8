import { TwilioRequestError } from '../errors.ts';
import type { TunnelOpener } from '../tunnel/tunnel-opener.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';

const unreachable = () =>
  Promise.reject(new TwilioRequestError('Twilio is not there in this test', { retryable: false }));

/** Twilio's REST API, unreachable. */
export const noTwilio: TwilioRest = {
  ask: unreachable,
  uploadFunction: unreachable,
  fetchHosted: unreachable,
  fetchMedia: unreachable,
};

/** ngrok, unreachable. */
export const noTunnels: TunnelOpener = {
  needsToken: false,
  open: () => Promise.reject(new Error('ngrok is not there in this test')),
};
