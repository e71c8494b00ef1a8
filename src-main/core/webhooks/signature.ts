import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

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
  if (!authToken || !request.signature) return false;
  return validateRequest(authToken, request.signature, request.url, request.params);
}
