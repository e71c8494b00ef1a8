/** Where a request really goes: to Twilio, or to what takes its place. */

const twilioUrl = /^https:\/\/([a-z0-9-]+)(?:\.[a-z0-9.-]+)?\.twilio\.com(?=[/?]|$)/;
const hostedUrl = /^https:\/\/([a-z0-9.-]+\.twil\.io)(?=[/?]|$)/;

/**
 * `<apiUrl>/<subdomain>/<path>` for Twilio's own hosts, whatever their edge and region, `<apiUrl>/<host>/<path>` for what
 * an account hosts in twil.io; the address itself when `apiUrl` is null.
 *
 * @throws RangeError for any other address: the account's credentials go nowhere else
 */
export function placeOf(url: string, apiUrl: string | null): string {
  if (!twilioUrl.test(url) && !hostedUrl.test(url)) {
    if (apiUrl !== null && url.startsWith(`${withoutSlash(apiUrl)}/`)) return url;
    throw new RangeError('the address is none of Twilio’s');
  }
  if (apiUrl === null) return url;
  const base = withoutSlash(apiUrl);
  return url.replace(twilioUrl, `${base}/$1`).replace(hostedUrl, `${base}/$1`);
}

/** Whether it is a page that an account hosts at Twilio. */
export function isHosted(url: string): boolean {
  return hostedUrl.test(url);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
