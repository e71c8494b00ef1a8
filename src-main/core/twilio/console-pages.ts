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
} as const;
