import { z } from 'zod';

/** A form field of Twilio's; a field that is sent twice counts with its first value. */
const field = z
  .union([z.string(), z.array(z.string()).transform((values) => values[0] ?? '')])
  .transform((value) => value.trim());
const optional = field.transform((value) => value || undefined).optional();
const number = field.transform(Number).pipe(z.number().min(0)).optional().catch(undefined);

const sid = field.pipe(z.string().min(1).max(100));

/** Twilio's voice webhook (Twilio, "Request parameters"): what Patchbay reads of it. */
export const voiceParams = z.object({
  CallSid: sid,
  AccountSid: field.default(''),
  From: field.default(''),
  To: field,
  ForwardedFrom: optional,
  CallerName: optional,
  StirVerstat: optional,
  CallToken: optional,
});

const callStatus = { CallStatus: optional };

/** A caller has left a conference, or was led out of it. */
export const waitEndedParams = z.object(callStatus);

/** `<Connect action>` after a ConversationRelay session. */
export const relayEndedParams = z.object({
  ...callStatus,
  SessionStatus: field.default('unknown'),
  ErrorCode: optional,
  ErrorMessage: optional,
});

/** `<Dial action>`. */
export const dialEndedParams = z.object({
  ...callStatus,
  DialCallStatus: z
    .enum(['completed', 'answered', 'busy', 'no-answer', 'failed', 'canceled'])
    .catch('failed'),
  DialCallSid: optional,
  DialCallDuration: number,
  DialBridged: field
    .pipe(z.enum(['true', 'false']))
    .transform((value) => value === 'true')
    .optional()
    .catch(undefined),
});

/** `<Number statusCallback>`, and that of a phone that was rung over REST. */
export const legParams = z.object({ CallSid: sid, CallStatus: field, ErrorCode: optional });

/** `<Record action>`, or the redirect after a `<Record>` that heard nothing. */
export const voicemailParams = z.object({
  ...callStatus,
  RecordingUrl: field.pipe(z.url()).optional().catch(undefined),
  RecordingDuration: number,
});

/** The status callback of a number: a caller's call is over. */
export const callerStatusParams = z.object({ CallSid: sid, CallStatus: field });

/** `<Gather action>`: the key that was pressed; empty: none. */
export const keyParams = z.object({ Digits: field.default('') });
