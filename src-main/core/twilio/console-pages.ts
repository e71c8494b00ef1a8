/** Pages of Twilio's Console on which an operator mends something. */
export const consolePages = {
  home: 'https://console.twilio.com/',
  billing: 'https://console.twilio.com/us1/billing/manage-billing/billing-overview',
  businessProfile: 'https://console.twilio.com/us1/account/trust-hub/customer-profiles',
  numbers: 'https://console.twilio.com/us1/develop/phone-numbers/manage/incoming',
  verifiedNumbers: 'https://console.twilio.com/us1/develop/phone-numbers/manage/verified',
  voicePermissions: 'https://console.twilio.com/us1/develop/voice/settings/geo-permissions',
  voiceSettings: 'https://console.twilio.com/us1/develop/voice/settings/general',
  textPermissions: 'https://console.twilio.com/us1/develop/sms/settings/geo-permissions',
  buyNumber: 'https://console.twilio.com/us1/develop/phone-numbers/manage/search',
  /** Account SID, auth tokens and API keys. */
  keys: 'https://console.twilio.com/us1/account/keys-credentials/api-keys',
  subaccounts: 'https://console.twilio.com/us1/account/manage-account/subaccounts',
  callLog: 'https://console.twilio.com/us1/monitor/logs/calls',
  /** The services of Functions, their builds and their logs. */
  functions: 'https://console.twilio.com/us1/develop/functions/services',
} as const;

/** The page of one of the account's phone numbers. */
export function numberPage(sid: string): string {
  return `${consolePages.numbers}/${sid}/configure`;
}

/** A Business Profile's own page; without one, all profiles of the account. */
export function profilePage(profileSid: string | null): string {
  const all = consolePages.businessProfile;
  return profileSid === null ? all : `${all}/${profileSid}/details`;
}

/** Twilio's page about an error code. */
export function errorPage(code: number): string {
  return `https://www.twilio.com/docs/api/errors/${code}`;
}
