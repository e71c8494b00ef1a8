import { consolePages } from './console-pages.ts';
import type { ErrorWords } from './error-catalogue.ts';

/**
 * What Twilio answers to requests of Patchbay's, and what becomes of calls and texts that it was asked for. Meanings:
 * https://www.twilio.com/docs/api/errors
 */
export const requestErrorWords: Readonly<Record<number, ErrorWords>> = {
  // The account
  10001: {
    says: 'The Twilio account is not active.',
    remedy:
      'Check its balance and top it up; if there is money on it, ask Twilio’s support why it was suspended.',
    link: consolePages.billing,
  },
  10002: {
    says: 'A trial account can’t do this.',
    remedy: 'Upgrade the account in Twilio’s Console.',
    link: consolePages.billing,
  },
  10003: {
    says: 'A call came in and was turned away, because the Twilio account was not active.',
    remedy:
      'Check its balance and top it up; if there is money on it, ask Twilio’s support why it was suspended.',
    link: consolePages.billing,
  },
  10004: {
    says: 'The account has as many calls at once as Twilio allows it.',
    remedy: 'Get a Business Profile approved: it lifts the limit. Until then wait for a call to end.',
    link: consolePages.businessProfile,
  },
  13805: {
    says: 'The call was cut after 10 minutes, because that is as long as a trial account’s calls last.',
    remedy: 'Upgrade the account in Twilio’s Console.',
    link: consolePages.billing,
  },
  20003: {
    says: 'Twilio does not accept the Account SID and auth token.',
    remedy:
      'Copy both again from the home page of Twilio’s Console; if the token was changed there, the old one no longer works. Check too that the account is not suspended.',
    link: consolePages.home,
  },
  20005: {
    says: 'The Twilio account is not active.',
    remedy:
      'Check its balance and top it up; if there is money on it, ask Twilio’s support why it was suspended.',
    link: consolePages.billing,
  },
  20008: {
    says: 'These are test credentials, and with those Twilio makes no real calls.',
    remedy: 'Use the live Account SID and auth token from the home page of Twilio’s Console.',
    link: consolePages.home,
  },
  20010: {
    says: 'Twilio has switched this off for the account.',
    remedy: 'Ask Twilio’s support to switch it on, and tell them what you need it for.',
  },
  20403: {
    says: 'The Twilio account may not do this.',
    remedy:
      'See in Twilio’s Console whether the account is suspended or closed, and ask Twilio’s support if it is not.',
    link: consolePages.home,
  },
  20404: {
    says: 'Twilio does not have what was asked for.',
    remedy:
      'Look in Twilio’s Console whether it was removed or belongs to another account, then refresh here.',
  },
  20409: {
    says: 'Something else was changing the same thing at Twilio at the same time.',
    remedy: 'Wait a moment and try again.',
  },
  20422: {
    says: 'Twilio could not make sense of a value in the request.',
    remedy: 'Check what you entered and try again.',
  },
  20429: {
    says: 'Twilio got too many requests from the account at once.',
    remedy: 'Wait a minute and try again; nothing was done.',
  },
  20500: {
    says: 'Something broke at Twilio.',
    remedy:
      'Look at status.twilio.com, wait a few minutes, and see whether it was done before you try again.',
  },
  20503: {
    says: 'This part of Twilio is out of order right now.',
    remedy: 'Look at status.twilio.com and try again in a few minutes.',
  },
  21470: {
    says: 'That is not an Account SID.',
    remedy: 'Copy the Account SID, which begins with AC, from the home page of Twilio’s Console.',
    link: consolePages.home,
  },
  21471: {
    says: 'There is no Twilio account with this Account SID.',
    remedy: 'Copy the Account SID again from the home page of Twilio’s Console.',
    link: consolePages.home,
  },

  // Calls
  13214: {
    says: 'The call could not be handed over, because Twilio does not let the account show this caller ID.',
    remedy: 'Set the integration’s caller ID to “twilio”, or verify the number that is to be shown.',
    link: consolePages.verifiedNumbers,
  },
  13223: {
    says: 'The number that was to be rung is not written as Twilio needs it.',
    remedy: 'Write it with + and the country code, like +14165551234.',
  },
  13224: {
    says: 'Twilio can’t ring this number, or it does not exist.',
    remedy: 'Check the number, with + and country code, and ring it once from another phone.',
  },
  13225: {
    says: 'Twilio blocks calls to this number.',
    remedy:
      'Get the account’s Business Profile approved if it is not, use another number, or ask Twilio’s support to unblock this one.',
    link: consolePages.businessProfile,
  },
  13226: {
    says: 'The number’s country code does not exist.',
    remedy: 'Write the number with + and the right country code, like +14165551234.',
  },
  13227: {
    says: 'The account may not call the country of this number.',
    remedy: 'Switch the country on under Voice, Geographic permissions, in Twilio’s Console.',
    link: consolePages.voicePermissions,
  },
  13247: {
    says: 'The caller ID that was to be shown has characters that Twilio does not take.',
    remedy: 'Set the integration’s caller ID to “twilio”.',
  },
  13248: {
    says: 'The caller ID that was to be shown is too long for Twilio.',
    remedy: 'Set the integration’s caller ID to “twilio”.',
  },
  21201: {
    says: 'No number to ring was given.',
    remedy: 'Enter the number with + and the country code.',
  },
  21202: {
    says: 'That is a premium-rate number, which Twilio does not ring.',
    remedy: 'Use an ordinary landline or mobile number.',
  },
  21203: {
    says: 'The account may not call other countries.',
    remedy: 'Switch the country on under Voice, Geographic permissions, in Twilio’s Console.',
    link: consolePages.voicePermissions,
  },
  21205: {
    says: 'Twilio does not accept the web address that was to steer the call.',
    remedy: 'Check that the tunnel is online or your own public address is right, and try again.',
  },
  21210: {
    says: 'The number that was to be shown as caller is neither one of the account’s nor verified.',
    remedy: 'Choose one of the account’s numbers, or verify this one in Twilio’s Console.',
    link: consolePages.verifiedNumbers,
  },
  21211: {
    says: 'Twilio takes this for no valid phone number.',
    remedy: 'Write it with + and the country code, like +14165551234.',
  },
  21212: {
    says: 'The number that was to be shown as caller or sender is not valid.',
    remedy: 'Choose one of the account’s own numbers.',
    link: consolePages.numbers,
  },
  21213: {
    says: 'No number to show as caller was given.',
    remedy: 'Choose one of the account’s own numbers.',
    link: consolePages.numbers,
  },
  21214: {
    says: 'The number can’t be reached.',
    remedy: 'Check the number, and ring it once from another phone.',
  },
  21215: {
    says: 'The account may not call the country of this number.',
    remedy: 'Switch the country on under Voice, Geographic permissions, in Twilio’s Console.',
    link: consolePages.voicePermissions,
  },
  21216: {
    says: 'Twilio blocks calls to this number.',
    remedy:
      'Get the account’s Business Profile approved if it is not, use another number, or ask Twilio’s support to unblock this one.',
    link: consolePages.businessProfile,
  },
  21217: {
    says: 'The number does not look like a real phone number.',
    remedy: 'Check it digit by digit, with + and the country code.',
  },
  21219: {
    says: 'A trial account can ring only numbers that were verified, and this one was not.',
    remedy: 'Verify the number in Twilio’s Console, or upgrade the account.',
    link: consolePages.verifiedNumbers,
  },
  21220: {
    says: 'The call was already over.',
    remedy:
      'There is nothing to mend: the caller or the person who was rung had hung up. Place the call again if need be.',
  },
  21264: {
    says: 'A trial account can show and ring only numbers that were verified, and this one was not.',
    remedy: 'Verify the number in Twilio’s Console, or upgrade the account.',
    link: consolePages.verifiedNumbers,
  },
  572002: {
    says: 'A trial account can text this person only from the trial number that Twilio assigned for it.',
    remedy: 'See in Twilio’s Console which number that is, or upgrade the account.',
  },
  572005: {
    says: 'The number that was to get the text was entered for verification, but never verified.',
    remedy: 'Enter the code that Twilio sent to it, or upgrade the account.',
    link: consolePages.verifiedNumbers,
  },
  573002: {
    says: 'A trial account can ring this number only from the trial number that Twilio assigned for it.',
    remedy: 'See in Twilio’s Console which number that is, or upgrade the account.',
  },
  573005: {
    says: 'The number that was to be rung was entered for verification, but never verified.',
    remedy: 'Enter the code that Twilio sent to it, or upgrade the account.',
    link: consolePages.verifiedNumbers,
  },

  // Numbers
  21402: {
    says: 'Twilio does not accept the web address that the number was to call.',
    remedy:
      'Check that the tunnel is online or your own public address is right, and attach the number again.',
  },
  21404: {
    says: 'A trial account can’t get another number.',
    remedy: 'Upgrade the account in Twilio’s Console.',
    link: consolePages.billing,
  },
  21405: {
    says: 'Twilio keeps no fallback address for a number that has no voice address.',
    remedy: 'Attach the number again, so that both are set together.',
  },
  21421: {
    says: 'Twilio takes this for no valid phone number.',
    remedy: 'Write it with + and the country code, like +14165551234.',
  },
  21422: {
    says: 'This number is not to be had at Twilio.',
    remedy: 'Choose another number.',
  },
  21450: {
    says: 'The number is verified for the account already.',
    remedy: 'Go on: there is nothing left to verify.',
  },
  21452: {
    says: 'Twilio has no free numbers in that area code.',
    remedy: 'Choose another area code.',
  },

  // Texts
  21408: {
    says: 'The account may not send texts to the country of this number.',
    remedy: 'Switch the country on under Messaging, Geographic permissions, in Twilio’s Console.',
    link: consolePages.textPermissions,
  },
  21602: { says: 'The text is empty.', remedy: 'Give the text a body in the workflow.' },
  21603: {
    says: 'No number to send the text from was given.',
    remedy: 'Give the workflow one of the account’s numbers.',
    link: consolePages.numbers,
  },
  21604: { says: 'No number to send the text to was given.', remedy: 'Check who the text is meant for.' },
  21606: {
    says: 'The number can’t send texts.',
    remedy: 'Give the workflow a number of the account’s that can.',
    link: consolePages.numbers,
  },
  21608: {
    says: 'The account can send texts only to numbers that were verified, and this one was not.',
    remedy: 'Verify the number, or upgrade the account and get its Business Profile approved.',
    link: consolePages.verifiedNumbers,
  },
  21610: {
    says: 'This person has told Twilio that they want no more texts from this number.',
    remedy: 'Respect it and call instead; they can text START to the number to change their mind.',
  },
  21611: {
    says: 'Too many texts are waiting to be sent from this number.',
    remedy: 'Wait until some have been sent, then try again.',
  },
  21612: {
    says: 'Twilio has no way to send a text from this number to that one.',
    remedy: 'Send it from another of the account’s numbers, or call instead.',
  },
  21614: {
    says: 'The number can’t get texts; it may be a landline.',
    remedy: 'Ask the caller for a mobile number.',
  },
  21617: {
    says: 'The text is longer than the 1,600 characters that Twilio sends.',
    remedy: 'Shorten the text in the workflow.',
  },
  30001: {
    says: 'Too many texts were waiting to be sent, and this one was dropped.',
    remedy: 'Send it again later.',
  },
  30002: {
    says: 'The account was suspended before the text was sent.',
    remedy: 'Check the account’s balance, or ask Twilio’s support why it was suspended.',
    link: consolePages.billing,
  },
  30003: {
    says: 'The phone that was to get the text is switched off or out of reach.',
    remedy: 'Try again later, or call instead.',
  },
  30004: {
    says: 'The text was blocked, because its receiver or their carrier refuses it.',
    remedy: 'Call instead.',
  },
  30005: {
    says: 'Nobody has the number that was to get the text.',
    remedy: 'Check the number.',
  },
  30006: {
    says: 'The number that was to get the text is a landline, or its carrier takes no texts.',
    remedy: 'Ask the caller for a mobile number.',
  },
  30007: {
    says: 'A carrier took the text for spam and filtered it out.',
    remedy: 'Word it plainly, without short links, and register the number for texts with Twilio.',
  },
  30008: {
    says: 'The text was not delivered, and the carrier does not say why.',
    remedy: 'Check the number and try again, or call instead.',
  },
  30032: {
    says: 'The toll-free number may not send texts before Twilio has verified it.',
    remedy: 'Ask for toll-free verification in Twilio’s Console, or send from another number.',
    link: consolePages.numbers,
  },
  30034: {
    says: 'US carriers block texts from numbers that are not registered, and this one is not.',
    remedy: 'Register the business and the number for A2P 10DLC in Twilio’s Console.',
  },

  // Looking a number up
  60600: {
    says: 'Twilio’s Lookup knows nothing about this number.',
    remedy: 'Check it digit by digit; a test call tells for certain whether it can be rung.',
  },
  60601: {
    says: 'Twilio needs a permission of its own before it tells the line type of Canadian numbers.',
    remedy: 'Go on without the line type, or apply for the permission behind the link.',
  },
  60606: {
    says: 'This kind of lookup is not switched on for the account.',
    remedy: 'Go on without it, or ask Twilio to switch it on.',
  },
  60607: {
    says: 'Twilio’s Lookup does not cover the country of this number.',
    remedy: 'Go on without it: a test call tells whether the number can be rung.',
  },
  60608: {
    says: 'The carrier that Twilio’s Lookup asked answered with an error.',
    remedy: 'Try again later, or go on with a test call.',
  },
  60610: {
    says: 'Twilio’s Lookup does not cover this number.',
    remedy: 'Check it digit by digit; a test call tells for certain whether it can be rung.',
  },
  60616: {
    says: 'Twilio got too many lookups from the account at once.',
    remedy: 'Wait a minute and try again.',
  },
  60699: {
    says: 'Twilio has switched Lookup off for the account.',
    remedy: 'Ask Twilio’s support to switch it on again.',
  },
};
