import { z } from 'zod';

/** What an application sends to ConversationRelay; keys beyond these are let pass, as Twilio does. */
const outgoingSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('text'),
    token: z.string(),
    last: z.boolean().default(false),
    lang: z.string().optional(),
    interruptible: z.boolean().optional(),
    preemptible: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('play'),
    source: z.url(),
    loop: z.number().optional(),
    interruptible: z.boolean().optional(),
    preemptible: z.boolean().optional(),
  }),
  z.object({ type: z.literal('sendDigits'), digits: z.string().regex(/^[0-9*#w]+$/) }),
  z.object({
    type: z.literal('language'),
    ttsLanguage: z.string().optional(),
    transcriptionLanguage: z.string().optional(),
  }),
  z.object({ type: z.literal('end'), handoffData: z.string().optional() }),
]);
export type RelayCommand = z.infer<typeof outgoingSchema>;

/**
 * Reads a message that Patchbay sent to the relay.
 * @returns the message, or what is wrong with it, in the words of Twilio's error 64107.
 */
export function readRelayCommand(data: string): RelayCommand | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { problem: 'the message is not JSON' };
  }
  const read = outgoingSchema.safeParse(json);
  if (read.success) return read.data;
  const first = read.error.issues[0];
  return { problem: `${first?.path.join('.') || 'message'}: ${first?.message ?? 'not valid'}` };
}

/** What ConversationRelay sends to an application. */
export type RelayReport =
  | {
      type: 'setup';
      sessionId: string;
      accountSid: string;
      parentCallSid: string;
      callSid: string;
      from: string;
      to: string;
      forwardedFrom: string;
      callType: 'PSTN';
      callerName: string;
      direction: 'inbound';
      callStatus: 'RINGING';
      customParameters: Record<string, string>;
    }
  | { type: 'prompt'; voicePrompt: string; lang: string; last: boolean }
  | { type: 'dtmf'; digit: string }
  | { type: 'interrupt'; utteranceUntilInterrupt: string; durationUntilInterruptMs: number }
  | { type: 'error'; description: string };
