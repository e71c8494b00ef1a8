import { timingSafeEqual } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

/** Where Twilio believes that it sends a request, and what it sent. */
export interface SignedRequest {
  /** The public URL with the path and query as they were requested. */
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

/** Which of the account's tokens Twilio signed this request with; undefined: none, so it is not Twilio's. */
export function signerOf(request: SignedRequest, authTokens: readonly string[]): string | undefined {
  return authTokens.find((authToken) => isSignedByTwilio(request, authToken));
}

const defaultPorts: Readonly<Record<string, string>> = {
  'https:': '443',
  'wss:': '443',
  'http:': '80',
  'ws:': '80',
};

/** The URL with its port and without it; the package's own check does not know the ports of ws: and wss:. */
function spellingsOf(url: string): string[] {
  const [, scheme = '', host = '', port, rest = ''] = /^(\w+:)\/\/([^/:]+)(?::(\d+))?(.*)$/s.exec(url) ?? [];
  return [`${scheme}//${host}${rest}`, `${scheme}//${host}:${port ?? defaultPorts[scheme] ?? ''}${rest}`];
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
