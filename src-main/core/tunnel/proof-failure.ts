import { assertNever } from '../errors.ts';
import { meaningOfNgrokCode } from './ngrok-errors.ts';

/** Why a nonce did not come back. */
export type ProofFailure =
  | { kind: 'timeout'; seconds: number }
  /** Node's code, like ENOTFOUND, and its words. */
  | { kind: 'connection'; code: string | undefined; message: string }
  | { kind: 'redirect'; status: number; location: string | undefined }
  | { kind: 'status'; status: number; ngrokCode: number | null }
  /** An answer, but not ours. */
  | { kind: 'stranger'; isPage: boolean; ngrokCode: number | null }
  /** The WebSocket closed without the nonce's answer. */
  | { kind: 'closed' };

/** Over what a nonce went. */
export type ProofLeg = 'http' | 'webSocket';

/** The failure as a plain sentence that names the public host. */
export function inWords(failure: ProofFailure, leg: ProofLeg, host: string): string {
  switch (failure.kind) {
    case 'timeout':
      return leg === 'http'
        ? `${host} did not answer within ${failure.seconds} seconds.`
        : `${host} answers, but a WebSocket through it got no answer within ${failure.seconds} seconds: the proxy or tunnel must pass WebSockets on.`;
    case 'connection':
      return connectionInWords(failure, host);
    case 'redirect':
      return `${host} redirects to ${failure.location ?? 'another address'} (${failure.status}); Twilio’s requests lose their content that way. Use the address that it redirects to.`;
    case 'status':
      return statusInWords(failure, leg, host);
    case 'stranger':
      return strangerInWords(failure, leg, host);
    case 'closed':
      return `${host} opened a WebSocket and closed it without an answer: the proxy or tunnel must pass WebSockets on.`;
    default:
      return assertNever(failure);
  }
}

function statusInWords(
  { status, ngrokCode }: ProofFailure & { kind: 'status' },
  leg: ProofLeg,
  host: string,
): string {
  const ngrok = ngrokCode === null ? null : ngrokInWords(ngrokCode);
  if (ngrok !== null) return ngrok;
  if (leg === 'webSocket') {
    return `${host} answers, but refuses WebSockets (status ${status}): the proxy or tunnel must pass WebSockets on.`;
  }
  if (status === 401 || status === 403) {
    return `${host} asks for a login or refuses visitors (status ${status}); Twilio must get in without one.`;
  }
  if (status === 404) {
    return `Another program answers at ${host} (status 404), or it leads to another Patchbay.`;
  }
  if (status >= 502 && status <= 504) {
    return `${host} can’t reach Patchbay (status ${status}): the proxy or tunnel is up, but what it passes on goes elsewhere or nowhere.`;
  }
  return `${host} answered with status ${status}, and not with what Patchbay sends.`;
}

function strangerInWords(
  { isPage, ngrokCode }: ProofFailure & { kind: 'stranger' },
  leg: ProofLeg,
  host: string,
): string {
  const ngrok = ngrokCode === null ? null : ngrokInWords(ngrokCode);
  if (ngrok !== null) return ngrok;
  if (leg === 'webSocket') return `Another program answers WebSockets at ${host}.`;
  return isPage
    ? `Another program answers at ${host}, with a web page.`
    : `Another program answers at ${host}, or it leads to another Patchbay.`;
}

function ngrokInWords(code: number): string | null {
  const meaning = meaningOfNgrokCode(code);
  if (meaning === null) return `ngrok answers with the error ERR_NGROK_${code}.`;
  return `${meaning.says.replace(/\.$/, '')} (ERR_NGROK_${code}). ${meaning.remedy}`;
}

function connectionInWords({ code, message }: ProofFailure & { kind: 'connection' }, host: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
      return `The name ${host} can’t be found (DNS): it is misspelt, too new, or this computer is offline.`;
    case 'ECONNREFUSED':
      return `${host} refuses the connection: nothing listens there.`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${host} broke the connection off.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${host} can’t be reached from here: the network or a firewall is in the way.`;
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${host} has expired.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate of ${host} is for another name.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `The certificate of ${host} comes from no authority that is generally trusted, so Twilio refuses it.`;
    default:
      if (code !== undefined && /^EPROTO$|SSL|TLS|CERT/.test(code)) {
        return `No secure connection to ${host} came about (${code}).`;
      }
      return `The connection to ${host} failed (${code ?? message}).`;
  }
}
