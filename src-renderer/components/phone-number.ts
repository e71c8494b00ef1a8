import parsePhoneNumber from 'libphonenumber-js/min';

/**
 * An E.164 number as people write it: nationally where the number `near` is of the same country code, else
 * internationally. What libphonenumber can't parse stays as it is.
 */
export function formatNumber(number: string, near?: string): string {
  const parsed = parsePhoneNumber(number);
  if (parsed === undefined) return number;
  const home = near === undefined ? undefined : parsePhoneNumber(near);
  return home?.countryCallingCode === parsed.countryCallingCode
    ? parsed.formatNational()
    : parsed.formatInternational();
}
