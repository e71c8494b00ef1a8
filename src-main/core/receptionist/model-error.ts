import { ModelUnavailableError } from '../errors.ts';

/**
 * One plain sentence about why a model failed. Says nothing of the provider's own wording, which can quote the key
 * or the caller.
 */
export function describeModelError(error: unknown): string {
  if (error instanceof ModelUnavailableError) return error.message;
  const status = statusOf(error);
  if (status === undefined) {
    return isNetworkError(error)
      ? 'The model’s server could not be reached.'
      : 'The model ended with an error.';
  }
  if (status === 401 || status === 403) return `The model’s server refused the key (${status}).`;
  if (status === 404) return 'The model’s server does not know this model (404).';
  if (status === 429)
    return 'The model’s server refused the request: too many requests, or the quota is used up (429).';
  return `The model’s server answered with an error (${status}).`;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  // The SDK's APICallError carries the HTTP status; 2xx there means that the body was unusable.
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  return error.statusCode >= 400 ? error.statusCode : undefined;
}

/** Node's fetch fails with a TypeError, which the SDK wraps as the cause of an APICallError. */
function isNetworkError(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof TypeError && at.message.includes('fetch')) return true;
    if ('code' in at && typeof at.code === 'string' && /^(E[A-Z]+|UND_ERR_\w+)$/.test(at.code)) return true;
  }
  return false;
}
