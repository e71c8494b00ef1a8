import { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js';
import { pageOfV1 } from './pages.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import { notFound, type Route } from './route.ts';

const subdomain = 'voice';
const base = 'https://voice.twilio.com/v1/DialingPermissions/Countries';
const names = new Intl.DisplayNames('en', { type: 'region' });

/** Which countries may be called. */
export const voicePermissionRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/DialingPermissions/Countries',
    handle(request) {
      const { account, query } = request;
      const iso = query.get('IsoCode');
      const code = query.get('CountryCode')?.replace(/^\+/, '');
      const enabled = query.get('LowRiskNumbersEnabled');
      const found = getCountries().filter(
        (country) =>
          (iso === null || country === iso) &&
          (code === undefined || getCountryCallingCode(country) === code) &&
          (enabled === null || String(!account.blockedCountries.has(country)) === enabled),
      );
      return pageOfV1(
        request,
        'content',
        found.map((country) => countryBody(account, country)),
      );
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/DialingPermissions/Countries/{IsoCode}',
    handle({ account, pathParams, path }) {
      const found = getCountries().find((country) => country === pathParams.IsoCode);
      return found === undefined ? notFound(path) : { status: 200, body: countryBody(account, found) };
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/DialingPermissions/Countries/{IsoCode}/HighRiskSpecialPrefixes',
    handle(request) {
      const found = getCountries().find((country) => country === request.pathParams.IsoCode);
      if (found === undefined) return notFound(request.path);
      const ofCountry = request.account.specialPrefixes.filter((prefix) =>
        prefix.startsWith(`+${getCountryCallingCode(found)}`),
      );
      return pageOfV1(
        request,
        'content',
        ofCountry.map((prefix) => ({ prefix })),
      );
    },
  },
];

function countryBody(account: RehearsalAccount, country: CountryCode): object {
  return {
    iso_code: country,
    name: names.of(country) ?? country,
    continent: null,
    country_codes: [`+${getCountryCallingCode(country)}`],
    low_risk_numbers_enabled: !account.blockedCountries.has(country),
    // As on a new account: what fraud likes to call is off.
    high_risk_special_numbers_enabled: false,
    high_risk_tollfraud_numbers_enabled: false,
    url: `${base}/${country}`,
    links: { highrisk_special_prefixes: `${base}/${country}/HighRiskSpecialPrefixes` },
  };
}
