import { timingSafeEqual } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

/** What Twilio sent, and where it believes that it did. */
export interface SignedRequest {
  /** A public origin with the path and query as they were requested. */
  url: string;
  signature: string | undefined;
  /** The form fields; empty for a GET or a WebSocket upgrade. */
  params: Readonly<Record<string, string | string[]>>;
}

/**
 * Whether Twilio signed this request with the account's auth token (Twilio, "Validating requests"): base64 of
 * HMAC-SHA1 over the URL and the sorted fields, compared in constant time, with and without the URL's port.
 */
export function isSignedByTwilio(request: SignedRequest, authToken: string | undefined): boolean {
  const { signature, params } = request;
  if (!authToken || !signature) return false;
  return spellingsOf(request.url).some((url) =>
    isSame(getExpectedTwilioSignature(authToken, url, params), signature),
  );
}

/**
 * Under which of the public origins Twilio sent a request, and with which of the account's tokens it signed it;
 * undefined: it is not Twilio's.
 */
export function sourceOf(
  { path, ...request }: Omit<SignedRequest, 'url'> & { path: string },
  origins: readonly string[],
  authTokens: readonly string[],
): { origin: string; signer: string } | undefined {
  for (const origin of origins) {
    const signed = { ...request, url: origin + path };
    const signer = authTokens.find((authToken) => isSignedByTwilio(signed, authToken));
    if (signer !== undefined) return { origin, signer };
  }
  return undefined;
}

const defaultPorts: Readonly<Record<string, string>> = {
  'https:': '443',
  'wss:': '443',
  'http:': '80',
  'ws:': '80',
};

/** The URL with its port and without it; the package's own check does not know the ports of ws: and wss:. */
function spellingsOf(url: string): string[] {
  const [, scheme = '', host = '', port, rest = ''] =
    /^(\w+:)\/\/(\[[^\]]*\]|[^/:]+)(?::(\d+))?(.*)$/s.exec(url) ?? [];
  return [`${scheme}//${host}${rest}`, `${scheme}//${host}:${port ?? defaultPorts[scheme] ?? ''}${rest}`];
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
