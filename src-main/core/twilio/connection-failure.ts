import type { FailedTry } from './retry.ts';

export interface ConnectionFailure {
  failed: Extract<FailedTry, { kind: 'refused' | 'lost' | 'untrusted' }>;
  /** A sentence part, like "the connection was refused". */
  reason: string;
}

/**
 * What a request that brought no answer failed with. Takes only codes from what was thrown: the HTTP libraries hang the
 * whole request on their errors, the Authorization header among it.
 */
export function connectionFailure(thrown: unknown): ConnectionFailure {
  const { codes, connecting } = factsOf(thrown);
  const has = (...wanted: string[]) => wanted.some((code) => codes.has(code));
  if (has('ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME')) {
    return { failed: { kind: 'refused' }, reason: 'its name was not found on the internet' };
  }
  if (has('ECONNREFUSED')) {
    return { failed: { kind: 'refused' }, reason: 'the connection was refused' };
  }
  if ([...codes].some((code) => certificateCode.test(code))) {
    return { failed: { kind: 'untrusted' }, reason: 'what answered did not prove that it is Twilio' };
  }
  if (connecting) {
    return { failed: { kind: 'refused' }, reason: 'there is no way to it over this network' };
  }
  if (has('ECONNABORTED', 'ETIMEDOUT', 'TimeoutError', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT')) {
    return { failed: { kind: 'lost' }, reason: 'it did not answer in time' };
  }
  return { failed: { kind: 'lost' }, reason: 'the connection broke' };
}

/** OpenSSL's and Node's codes for a certificate that does not fit, and for an answer that is not TLS. */
const certificateCode =
  /CERT|^UNABLE_TO_|SELF_SIGNED|^ERR_TLS_|^ERR_SSL_|^EPROTO$|^HOSTNAME_MISMATCH$|^INVALID_(?:CA|PURPOSE)$/;

function factsOf(thrown: unknown): { codes: Set<string>; connecting: boolean } {
  const codes = new Set<string>();
  let connecting = false;
  const look = (error: unknown, depth: number) => {
    if (typeof error !== 'object' || error === null || depth > 4) return;
    if ('code' in error && typeof error.code === 'string') codes.add(error.code);
    if ('name' in error && typeof error.name === 'string') codes.add(error.name);
    if ('syscall' in error && error.syscall === 'connect') connecting = true;
    if ('cause' in error) look(error.cause, depth + 1);
    if ('errors' in error && Array.isArray(error.errors)) {
      for (const inner of error.errors) look(inner, depth + 1);
    }
  };
  look(thrown, 0);
  if (codes.has('UND_ERR_CONNECT_TIMEOUT')) connecting = true;
  return { codes, connecting };
}
