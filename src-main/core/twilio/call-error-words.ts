import { consolePages } from './console-pages.ts';
import type { ErrorWords } from './error-catalogue.ts';

const reachable =
  'Check that Patchbay is running and its tunnel online, and let the doctor prove the public address.';
const certificate =
  'Renew or correct the certificate of your own public address; with ngrok, start the tunnel anew.';

/**
 * What Twilio met during a call: asking Patchbay, reading its TwiML, holding the line to it, running the net. Meanings:
 * https://www.twilio.com/docs/api/errors
 */
export const callErrorWords: Readonly<Record<number, ErrorWords>> = {
  32224: {
    says: 'Twilio may not pass this call on into another country: the rules of a region forbid it.',
    remedy:
      'Choose a destination in the country of the Twilio number, or a Twilio number in the destination’s.',
  },
  // Asking Patchbay
  11100: {
    says: 'Twilio was to ask a web address that is none.',
    remedy:
      'Compare the addresses set at the number with those that Patchbay shows, and attach the number again.',
  },
  11200: {
    says: 'Twilio asked for instructions and got an answer that it can’t use.',
    remedy: `${reachable} The alert tells the status that came back.`,
  },
  11201: { says: 'Twilio could not connect to Patchbay in time.', remedy: reachable },
  11202: { says: 'Twilio’s connection to Patchbay was refused.', remedy: reachable },
  11203: { says: 'Patchbay did not answer Twilio in the time that it has.', remedy: reachable },
  11205: { says: 'Twilio asked for instructions and nobody answered in time.', remedy: reachable },
  11206: { says: 'What answered Twilio at the public address does not speak HTTP.', remedy: reachable },
  11210: {
    says: 'Twilio was to ask a host that does not exist; the tunnel’s address may have changed.',
    remedy: 'Bring the tunnel online, and re-point the number to its present address.',
  },
  11215: {
    says: 'Twilio was sent from one web address to the next without end.',
    remedy: 'Let your own public address lead straight to Patchbay, without redirects.',
  },
  11220: {
    says: 'Twilio could not agree with the public address on an encrypted connection.',
    remedy: 'Allow TLS 1.2 or newer at your own public address; with ngrok, start the tunnel anew.',
  },
  11235: { says: 'The certificate of the public address is for another name.', remedy: certificate },
  11236: { says: 'The certificate of the public address has expired.', remedy: certificate },
  11237: {
    says: 'Twilio does not know who issued the certificate of the public address.',
    remedy: `${certificate} The certificates in between must be served along with it.`,
  },
  11750: {
    says: 'What answered Twilio was longer than 64 kB, so that it can’t have been instructions.',
    remedy: `${reachable} Something in between may be answering with a page of its own.`,
  },
  15003: {
    says: 'Twilio told Patchbay how a call was going and got an error back.',
    remedy: `${reachable} The call itself was not harmed.`,
  },

  // Reading the instructions
  12100: {
    says: 'Twilio could not read the instructions that it got for the call.',
    remedy: `${reachable} If Patchbay did answer, update it and report the call.`,
  },
  12200: {
    says: 'Twilio found something in the instructions for the call that it does not know, and passed over it.',
    remedy: 'Check that the call went as it should; if not, update Patchbay and report the call.',
  },
  12300: {
    says: 'What answered Twilio was not marked as instructions for a call.',
    remedy: `${reachable} Something in between may be answering with a page of its own.`,
  },
  12400: {
    says: 'Something broke at Twilio while it read the instructions for the call.',
    remedy: 'Look at status.twilio.com; if calls go wrong again, ask Twilio’s support.',
  },
  13201: {
    says: 'The instructions for the person who picked up had a step that Twilio does not allow there.',
    remedy: 'Update Patchbay and report the call.',
  },
  13521: {
    says: 'A text that Twilio was to say is too long.',
    remedy: 'Shorten the greeting or the text in the workflow.',
  },
  16101: {
    says: 'There is no recording, because it was too short.',
    remedy: 'Look at the call: the caller probably hung up. Call back if need be.',
  },
  16102: {
    says: 'There is no recording, because nothing was said.',
    remedy: 'Look at the call: the caller probably hung up. Call back if need be.',
  },

  // ConversationRelay: the line between Twilio and the AI
  64101: {
    says: 'Twilio does not accept a setting of the AI’s line.',
    remedy: 'Check the workflow’s language and voice; if they are ordinary ones, update Patchbay.',
  },
  64102: {
    says: 'Twilio could not open the AI’s line to Patchbay.',
    remedy: `${reachable} It must let WebSockets through.`,
  },
  64103: {
    says: 'Something broke at Twilio on the AI’s line.',
    remedy: 'Look at status.twilio.com, and at the call: it tells whether the caller reached a person.',
  },
  64104: {
    says: 'The call reached the longest time that Twilio lets a call last.',
    remedy: 'There is nothing to mend. Call the caller back if need be.',
  },
  64105: {
    says: 'The AI’s line to Patchbay broke during the call.',
    remedy: `${reachable} A computer that went to sleep or a weak network is the usual cause.`,
  },
  64106: {
    says: 'The language and the voice of the workflow don’t go together at Twilio.',
    remedy: 'Choose a voice that speaks the workflow’s language.',
  },
  64107: {
    says: 'Twilio could not read a message on the AI’s line and passed over it.',
    remedy: 'Check that the call went as it should; if not, update Patchbay and report the call.',
  },
  64108: {
    says: 'The sound on the AI’s line stopped, and Twilio gave up waiting for it.',
    remedy: 'Look at status.twilio.com; if it happens again, ask Twilio’s support.',
  },
  64109: {
    says: 'The account has as many AI calls at once as Twilio allows it.',
    remedy: 'Get a Business Profile approved, or ask Twilio’s support to raise the limit.',
    link: consolePages.businessProfile,
  },
  64110: {
    says: 'The account has not accepted Twilio’s terms for AI features, without which the AI can’t take calls.',
    remedy:
      'Accept the Predictive and Generative AI/ML Features Addendum under Voice, Settings, in Twilio’s Console.',
    link: consolePages.voiceSettings,
  },

  // The net, hosted at Twilio
  82001: {
    says: 'The net was asked for, and Twilio found nothing there or a request that was not signed.',
    remedy: 'Publish the net again.',
  },
  82002: {
    says: 'The net at Twilio failed instead of answering.',
    remedy: 'Publish the net again and check it.',
  },
  82005: {
    says: 'The net at Twilio reported an error while it answered.',
    remedy: 'Publish the net again and check it.',
  },
};
