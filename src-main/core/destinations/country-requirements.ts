/**
 * What Twilio asks of calls to a country besides the permission to call it, where that touches handed-over calls.
 * From Twilio's voice guidelines (https://www.twilio.com/en-us/guidelines/<iso>/voice), and for China, France and Mexico
 * the pages named below; read in November 2026. A country that is missing here is not free of requirements.
 */
const requirements: Readonly<Record<string, string>> = {
  AU: 'Carriers there may block calls that show an Australian number which is not yours at Twilio.',
  BR: 'Calls that show a Brazilian number which is not yours at Twilio, or a Brazilian toll-free number, are refused.',
  // support.twilio.com, "Calling Limitations to China"
  CN: 'Twilio allows such calls only after a review by its support, and never with a Chinese caller ID.',
  // twilio.com/blog, "Mexico and France Regulatory Compliance Updates"
  FR: 'The regulator restricts which numbers may be shown there: the number must be one at which the caller can be called back.',
  // twilio.com/en-us/guidelines/gb/voice; support.twilio.com, "Surcharge Pricing for Calls to UK Mobile destinations"
  GB: 'Calls that show no valid number, or one of some countries, cost a surcharge.',
  HK: 'Calls that show a toll-free number, or a Hong Kong number which is not yours at Twilio, are refused.',
  IN: 'Only calls that show a number from outside India are put through.',
  MX: 'Mobile numbers are called without the “1” that used to follow +52.',
  MY: 'A verified Malaysian number can’t be shown as the caller ID there.',
  TR: 'Calls that show a Turkish number, or none, are refused.',
};

/** The sentence about a country (ISO 3166-1 alpha-2), or undefined when none is known. */
export function requirementOf(iso: string): string | undefined {
  return requirements[iso];
}

/** Twilio's own page about calls to a country. */
export function guidelinesLink(iso: string): string {
  return `https://www.twilio.com/en-us/guidelines/${iso.toLowerCase()}/voice`;
}

const names = new Intl.DisplayNames('en', { type: 'region' });

/** In English; the code itself (ISO 3166-1 alpha-2) where there is no name. */
export function countryName(iso: string): string {
  return names.of(iso) ?? iso;
}
