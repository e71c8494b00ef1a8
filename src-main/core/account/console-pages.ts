import { consolePages } from '../twilio/console-pages.ts';

/** Pages of Twilio's Console that texts of the account and its Business Profile lead to. */

/** Account SID, auth tokens and API keys. */
export const keysPage = 'https://console.twilio.com/us1/account/keys-credentials/api-keys';
export const subaccountsPage = 'https://console.twilio.com/us1/account/manage-account/subaccounts';

/** A profile's own page; without one, all profiles of the account. */
export function profilePage(profileSid: string | null): string {
  const all = consolePages.businessProfile;
  return profileSid === null ? all : `${all}/${profileSid}/details`;
}
