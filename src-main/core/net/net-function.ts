import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What the net does with a call to one number. */
export const netAnswerSchema = z.object({
  /** The operator's number that was called, E.164. */
  number: z.string(),
  workflowId: z.string(),
  /** The static number that is rung, E.164. */
  destination: z.string(),
  ringSeconds: z.number(),
  /** Of the words below; a BCP 47 tag. */
  language: z.string(),
  /** Said first to a caller whose call Patchbay had taken already. */
  sayBefore: z.string(),
  /** Said when nobody picked up. */
  sayNobody: z.string(),
});
export type NetAnswer = z.infer<typeof netAnswerSchema>;

export interface NetFunction {
  /** CommonJS, as Twilio runs it. */
  source: string;
  /** Of the source, SHA-256 in hex: two Functions with one hash answer alike. */
  hash: string;
  /** Part of the hash; stands in the answers, so that a look at one tells which source gave it. */
  version: string;
}

/** Where the Function answers on its domain. */
export const netPath = '/answer';

/** What carriers send for a withheld number: words typed on a phone's keys. Twilio refuses them as a caller ID (13214). */
const withheldWords = ['ANONYMOUS', 'RESTRICTED', 'BLOCKED', 'UNKNOWN', 'UNAVAILABLE', 'PRIVATE'];

/**
 * The Function that answers at Twilio when this machine does not. It stands alone there, with nothing but what Twilio
 * gives to every Function (`Twilio`, of any version since 3), so it is as plain as it can be. Twilio asks it
 * - as the fallback URL of a number: the static number is rung, whatever Patchbay was doing when it went away, unless a
 *   destination has already talked with the caller (Twilio hands on what it had for Patchbay, DialCallStatus among it);
 * - then, with `step=after`, when nobody picked up there or when the conversation is over.
 */
export function netFunction(answers: readonly NetAnswer[], sayNotSetUp: string): NetFunction {
  const sorted = [...answers].sort((a, b) => (a.number < b.number ? -1 : 1));
  const body = `const answers = new Map(${asLiteral(sorted.map((answer) => [answer.number, answer]))});
const withheld = new Set(${asLiteral(withheldWords.map((word) => keysOf(word)))});
const sayNotSetUp = ${asLiteral(sayNotSetUp)};

exports.handler = function (context, event, callback) {
  const response = new Twilio.twiml.VoiceResponse();
  const answer = answers.get(String(event.To || event.Called || ''));
  const caller = String(event.From || event.Caller || '');
  const isKnown = /^\\+[1-9]\\d{6,14}$/.test(caller) && !withheld.has(caller);
  const talked =
    (event.DialCallStatus === 'completed' || event.DialCallStatus === 'answered') && event.DialBridged !== 'false';
  if (answer === undefined) {
    response.say({ language: 'en-US' }, sayNotSetUp);
    response.hangup();
  } else if (talked) {
    response.hangup();
  } else if (event.step === 'after') {
    response.say({ language: answer.language }, answer.sayNobody);
    response.hangup();
  } else {
    if (event.CallStatus === 'in-progress') response.say({ language: answer.language }, answer.sayBefore);
    const dial = response.dial({
      action: '${netPath}?step=after&version=' + version,
      method: 'POST',
      answerOnBridge: true,
      timeout: answer.ringSeconds,
      callerId: isKnown ? caller : answer.number,
    });
    dial.number(answer.destination);
  }
  callback(null, response);
};
`;
  const version = sha256(body).slice(0, 12);
  const source = `'use strict';
// Written by Patchbay, and written again whenever a static number changes: what is changed here by hand is lost.
const version = '${version}';
${body}`;
  return { source, hash: sha256(source), version };
}

/** A value as JavaScript in ASCII, so that no character can end the literal and no charset can change it. */
function asLiteral(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The letters of a phone's keys (ITU-T E.161), as a number in E.164. */
function keysOf(word: string): string {
  const keys = ['', '', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'];
  return `+${[...word].map((letter) => keys.findIndex((letters) => letters.includes(letter))).join('')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
