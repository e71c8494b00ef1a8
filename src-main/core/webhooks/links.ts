import type { CallLinks } from '../calls/call-links.ts';

/** The paths under the public URL that Twilio reaches, made and recognised in one place. */

export const voicePath = '/twilio/voice';
/** Twilio tells here that a caller's call is over. */
export const statusPath = '/twilio/status';
/** Somebody pressed a key in a test call. */
export function destinationTestPath(token: string): string {
  return `/twilio/destination-tests/${token}`;
}
/** What Twilio asks while a promised call back is under way. */
export function callbackPath(token: string, step: 'key' | 'leg' | 'dial'): string {
  return `/twilio/callbacks/${token}/${step}`;
}
/** Patchbay answers nonces here that it itself has just made. */
export function proofPath(nonce: string): string {
  return `/proof/${nonce}`;
}
export const proofPathPattern = /^\/proof\/([A-Za-z0-9_-]{43})$/;
export const relayPathPattern = /^\/twilio\/relay\/([A-Za-z0-9_-]{43})$/;

/** The addresses of one call's webhooks. @param origin tells the public origin, known once Patchbay listens. */
export function callLinks(origin: () => string): CallLinks {
  const ofCall = (callId: string, rest: string) => `${origin()}/twilio/calls/${callId}/${rest}`;
  return {
    relay: (token) => `${asWebSocket(origin())}/twilio/relay/${token}`,
    relayEnded: (callId, relay) => ofCall(callId, `relay/${relay}`),
    dialEnded: (callId, dial) => ofCall(callId, `dial/${dial}`),
    legChanged: (callId, dial, leg) => ofCall(callId, `leg/${dial}/${leg}`),
    pickedUp: (callId, dial, leg) => ofCall(callId, `screen/${dial}/${leg}`),
    keyPressed: (callId, dial, leg, time) => ofCall(callId, `screen/${dial}/${leg}/key/${time}`),
    voicemailEnded: (callId) => ofCall(callId, 'voicemail'),
    warm: {
      legChanged: (callId, dial, leg) => ofCall(callId, `warm/${dial}/${leg}/status`),
      pickedUp: (callId, dial, leg) => ofCall(callId, `warm/${dial}/${leg}`),
      keyPressed: (callId, dial, leg, time) => ofCall(callId, `warm/${dial}/${leg}/key/${time}`),
      joined: (callId, dial, leg) => ofCall(callId, `warm/${dial}/${leg}/join`),
      over: (callId, dial) => ofCall(callId, `warm/${dial}/over`),
      talk: (callId, dial) => ofCall(callId, `warm/${dial}/talk`),
    },
  };
}

/** https → wss, http → ws. */
export function asWebSocket(origin: string): string {
  return origin.replace(/^http/, 'ws');
}
