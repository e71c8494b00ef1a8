import {
  type NumberType,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import { type RestAnswer, type Route, twilioError } from './route.ts';

/** What is known of a number. */
export const lookupRoutes: readonly Route[] = [
  {
    subdomain: 'lookups',
    method: 'GET',
    pattern: '/v2/PhoneNumbers/{PhoneNumber}',
    handle: ({ account, pathParams, query }) =>
      lookUp(account, pathParams.PhoneNumber ?? '', (query.get('Fields') ?? '').split(',').filter(Boolean)),
  },
];

const packages = [
  'caller_name',
  'sim_swap',
  'call_forwarding',
  'line_type_intelligence',
  'line_status',
  'identity_match',
  'reassigned_number',
  'sms_pumping_risk',
  'phone_number_quality_score',
  'pre_fill',
];

function lookUp(account: RehearsalAccount, asked: string, fields: readonly string[]): RestAnswer {
  const unknown = fields.find((field) => !packages.includes(field.trim()));
  if (unknown !== undefined) return twilioError(400, 60600, `Invalid field: ${unknown}`);
  const parsed = parsePhoneNumberFromString(asked);
  const number = parsed?.number ?? asked;
  const override = account.lookups.get(number) ?? account.lookups.get(asked) ?? {};
  const valid = override.valid ?? parsed?.isValid() ?? false;
  return {
    status: 200,
    body: {
      calling_country_code: parsed?.countryCallingCode ?? null,
      country_code: (valid ? parsed?.country : undefined) ?? null,
      phone_number: number,
      national_format: parsed?.formatNational() ?? asked,
      valid,
      validation_errors: valid ? [] : (override.validationErrors ?? [validationError(asked)]),
      ...Object.fromEntries(packages.map((name) => [name, null])),
      ...(valid && fields.includes('line_type_intelligence')
        ? {
            line_type_intelligence: {
              mobile_country_code: null,
              mobile_network_code: null,
              carrier_name: override.errorCode === undefined ? (override.carrier ?? 'Harbour Mobile') : null,
              type:
                override.errorCode === undefined ? (override.lineType ?? lineType(parsed?.getType())) : null,
              error_code: override.errorCode ?? null,
            },
          }
        : {}),
      url: `https://lookups.twilio.com/v2/PhoneNumbers/${encodeURIComponent(number)}`,
    },
  };
}

function validationError(number: string): string {
  switch (validatePhoneNumberLength(number)) {
    case 'TOO_SHORT':
      return 'TOO_SHORT';
    case 'TOO_LONG':
      return 'TOO_LONG';
    case 'INVALID_LENGTH':
      return 'INVALID_LENGTH';
    case 'INVALID_COUNTRY':
      return 'INVALID_COUNTRY_CODE';
    case 'NOT_A_NUMBER':
      return 'NOT_A_NUMBER';
    default:
      return 'INVALID_BUT_POSSIBLE';
  }
}

/** Twilio's word for what the digits say; in North America they don't tell a mobile from a landline. */
function lineType(type: NumberType): string {
  switch (type) {
    case 'FIXED_LINE':
      return 'landline';
    case 'MOBILE':
    case 'FIXED_LINE_OR_MOBILE':
      return 'mobile';
    case 'VOIP':
      return 'nonFixedVoip';
    case 'TOLL_FREE':
      return 'tollFree';
    case 'PREMIUM_RATE':
      return 'premium';
    case 'SHARED_COST':
      return 'sharedCost';
    case 'PERSONAL_NUMBER':
      return 'personal';
    case 'UAN':
      return 'uan';
    case 'VOICEMAIL':
      return 'voicemail';
    case 'PAGER':
      return 'pager';
    default:
      return 'unknown';
  }
}
