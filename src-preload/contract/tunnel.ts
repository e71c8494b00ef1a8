import { z } from 'zod';
import { problemSchema } from './problem.ts';

/** How Twilio reaches the webhook listener. */
export const tunnelChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('off') }),
  /** ngrok in this process; without a domain ngrok gives the account's free one. */
  z.object({ kind: z.literal('ngrok'), domain: z.string().trim().min(1).max(253).optional() }),
  /** The operator's own: Cloudflare Tunnel, a reverse proxy. An https origin. */
  z.object({ kind: z.literal('own'), url: z.string().max(2048) }),
]);
export type TunnelChoice = z.infer<typeof tunnelChoiceSchema>;

export const tunnelStates = ['off', 'connecting', 'online', 'reconnecting', 'failed'] as const;
export type TunnelState = (typeof tunnelStates)[number];

/** That a nonce came back through the public URL, over HTTP and over a WebSocket. */
export const originProofSchema = z.object({
  http: z.boolean(),
  webSocket: z.boolean(),
  /** What failed, in plain words; null when both came back. */
  says: z.string().nullable(),
  at: z.number(),
});
export type OriginProof = z.infer<typeof originProofSchema>;

export const tunnelSchema = z.object({
  choice: tunnelChoiceSchema,
  /** True: the choice came with the command line or the environment, and is changed there. */
  fixed: z.boolean(),
  state: z.enum(tunnelStates),
  publicUrl: z.string().nullable(),
  proof: originProofSchema.nullable(),
  problem: problemSchema.nullable(),
  /** When the next try is due, with state "reconnecting" or "failed". */
  nextTryAt: z.number().nullable(),
});
export type Tunnel = z.infer<typeof tunnelSchema>;
