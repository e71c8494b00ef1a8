import { rfc2822 } from './dates.ts';
import { pageOf2010 } from './pages.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import type { RehearsedNumber } from './rehearsal-numbers.ts';
import { notFound, type RestAnswer, type Route, twilioError } from './route.ts';

const subdomain = 'api';

/** The account's phone numbers and how they are configured. */
export const numberRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'GET',
    pattern: '/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json',
    handle(request) {
      const { account, query } = request;
      const digits = query.get('PhoneNumber')?.replace(/[^\d*]/g, '');
      const name = query.get('FriendlyName');
      const found = account.numbers.filter(
        ({ phoneNumber, friendlyName }) =>
          (digits === undefined || phoneNumber.includes(digits)) && (name === null || friendlyName === name),
      );
      return pageOf2010(
        request,
        'incoming_phone_numbers',
        found.map((number) => numberBody(account, number)),
      );
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json',
    handle({ account, pathParams, path }) {
      const found = account.numbers.find(({ sid }) => sid === pathParams.Sid);
      return found === undefined ? notFound(path) : { status: 200, body: numberBody(account, found) };
    },
  },
  {
    subdomain,
    method: 'POST',
    pattern: '/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json',
    handle({ account, pathParams, path, form }) {
      const found = account.numbers.find(({ sid }) => sid === pathParams.Sid);
      if (found === undefined) return notFound(path);
      const refusal = update(found, form);
      return refusal ?? { status: 200, body: numberBody(account, found) };
    },
  },
];

/** A setting that is an address, and Twilio's error for one that is none. */
const addresses = [
  ['VoiceUrl', 'voiceUrl', 21502],
  ['VoiceFallbackUrl', 'voiceFallbackUrl', 21502],
  ['StatusCallback', 'statusCallback', 21609],
  ['SmsUrl', 'smsUrl', 21502],
  ['SmsFallbackUrl', 'smsFallbackUrl', 21502],
] as const;

const methods = [
  ['VoiceMethod', 'voiceMethod'],
  ['VoiceFallbackMethod', 'voiceFallbackMethod'],
  ['StatusCallbackMethod', 'statusCallbackMethod'],
  ['SmsMethod', 'smsMethod'],
  ['SmsFallbackMethod', 'smsFallbackMethod'],
] as const;

/** Changes what was sent and keeps the rest; "" clears. @returns Twilio's refusal; nothing has changed then. */
function update(number: RehearsedNumber, form: URLSearchParams): RestAnswer | undefined {
  const changed: Partial<RehearsedNumber> = {};
  for (const [param, key, code] of addresses) {
    const value = form.get(param);
    if (value === null) continue;
    if (value !== '' && !/^https?:\/\//i.test(value)) {
      return twilioError(400, code, `${param} is not valid: ${value}`);
    }
    changed[key] = value;
  }
  for (const [param, key] of methods) {
    const value = form.get(param);
    if (value === null) continue;
    if (value !== 'GET' && value !== 'POST') return twilioError(400, 21403, `${param} must be GET or POST`);
    changed[key] = value;
  }
  const application = form.get('VoiceApplicationSid');
  const trunk = form.get('TrunkSid');
  // Setting one of them takes the other away (Twilio, "IncomingPhoneNumber resource").
  if (application !== null)
    Object.assign(changed, { voiceApplicationSid: application }, application && { trunkSid: '' });
  if (trunk !== null) Object.assign(changed, { trunkSid: trunk }, trunk && { voiceApplicationSid: '' });
  const name = form.get('FriendlyName');
  if (name !== null) changed.friendlyName = name;
  const mode = form.get('VoiceReceiveMode');
  if (mode === 'voice' || mode === 'fax') changed.voiceReceiveMode = mode;
  Object.assign(number, changed, { dateUpdated: new Date() });
  return undefined;
}

function numberBody(account: RehearsalAccount, number: RehearsedNumber): object {
  return {
    sid: number.sid,
    account_sid: account.sid,
    friendly_name: number.friendlyName,
    phone_number: number.phoneNumber,
    voice_url: number.voiceUrl,
    voice_method: number.voiceMethod,
    // Twilio says null of this one and "" of the others, where nothing is set.
    voice_fallback_url: number.voiceFallbackUrl || null,
    voice_fallback_method: number.voiceFallbackMethod,
    voice_caller_id_lookup: number.voiceCallerIdLookup,
    voice_application_sid: number.voiceApplicationSid,
    voice_receive_mode: number.voiceReceiveMode,
    trunk_sid: number.trunkSid || null,
    status_callback: number.statusCallback,
    status_callback_method: number.statusCallbackMethod,
    sms_url: number.smsUrl,
    sms_method: number.smsMethod,
    sms_fallback_url: number.smsFallbackUrl,
    sms_fallback_method: number.smsFallbackMethod,
    sms_application_sid: number.smsApplicationSid,
    capabilities: number.capabilities,
    address_requirements: 'none',
    address_sid: null,
    api_version: '2010-04-01',
    beta: false,
    bundle_sid: null,
    date_created: rfc2822(account.createdAt),
    date_updated: rfc2822(number.dateUpdated),
    emergency_status: 'Inactive',
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    identity_sid: null,
    origin: 'twilio',
    status: 'in-use',
    type: 'local',
    uri: `/2010-04-01/Accounts/${account.sid}/IncomingPhoneNumbers/${number.sid}.json`,
  };
}
