import { z } from 'zod';

/** The operator's Twilio account, as far as it decides whether calls can be handed over. */
export const accountSchema = z.object({
  accountSid: z.string(),
  name: z.string(),
  type: z.enum(['Trial', 'Full']),
  status: z.enum(['active', 'suspended', 'closed']),
  /** The main account's SID when this is a subaccount, else null. */
  parentSid: z.string().nullable(),
  /** Null when Twilio does not say (subaccounts share the main account's). */
  balance: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  /** Calls at once; null: no limit is known. `why` says where the figure comes from. */
  concurrency: z.object({ calls: z.number().nullable(), why: z.string() }),
  /** What all this means for transfers, a plain sentence each. */
  meanings: z.array(z.string()),
  checkedAt: z.number(),
});
export type Account = z.infer<typeof accountSchema>;

export const subaccountSchema = z.object({
  accountSid: z.string(),
  name: z.string(),
  status: z.enum(['active', 'suspended', 'closed']),
});
export type Subaccount = z.infer<typeof subaccountSchema>;

export const credentialsSchema = z.object({
  accountSid: z.string().trim().max(64),
  authToken: z.string().trim().max(128),
});
export type Credentials = z.infer<typeof credentialsSchema>;
