import { createHmac } from 'node:crypto';

/**
 * The `X-Twilio-Signature` of a request: base64(HMAC-SHA1(auth token, URL + each key and value, keys sorted)).
 * A GET request and a WebSocket upgrade have no parameters of their own; theirs stand in the URL. The URL's
 * fragment is never sent and so never signed. Source: Twilio, "Webhooks security".
 */
export function twilioSignature(
  authToken: string,
  url: string,
  params: Readonly<Record<string, string>> = {},
): string {
  const fragmentAt = url.indexOf('#');
  const signedUrl = fragmentAt === -1 ? url : url.slice(0, fragmentAt);
  const signed = Object.keys(params)
    .sort()
    .reduce((text, key) => text + key + params[key], signedUrl);
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}
