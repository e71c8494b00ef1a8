import { randomBytes } from 'node:crypto';
import type { CallPlan } from './call-plan.ts';
import type { WebhookClient } from './webhook-client.ts';

export type HttpMethod = 'GET' | 'POST';

export interface Endpoint {
  url: string;
  method: HttpMethod;
}

/** What a number of the account does with a call; absent: not configured. */
export interface VoiceConfiguration {
  /** Its fragment may hold connection overrides, like `#ct=2000&rc=0`. */
  voiceUrl?: string | null;
  voiceMethod?: string | null;
  voiceFallbackUrl?: string | null;
  voiceFallbackMethod?: string | null;
  /** Told when the call is over. */
  statusCallback?: string | null;
  statusCallbackMethod?: string | null;
}

/** Something about a call that Twilio writes into its error log (Monitor alerts). */
export interface CallAlert {
  errorCode: number;
  level: 'error' | 'warning';
  text: string;
  callSid: string;
  /** What was asked for when it happened; null: no request was under way. */
  requestUrl: string | null;
  requestMethod: HttpMethod | null;
}

/** How Twilio's side of a call begins. */
export interface CallStart {
  direction: 'inbound' | 'outbound-api';
  /** Absent: the call gets a new one. */
  callSid?: string | undefined;
  /** Asked for first; or TwiML that came with the call. */
  document: Endpoint | { twiml: string };
  /** Asked once, when TwiML can't be had or can't be run. */
  fallback?: Endpoint | undefined;
  /** Told once the call is over. */
  statusCallback?: Endpoint | undefined;
  /** Goes with every request about the call. */
  parameters?: Readonly<Record<string, string>>;
}

/** A call that comes in: the called number's configuration decides; a number without one rings Patchbay. */
export function inboundStart(
  plan: CallPlan,
  line: {
    webhooks: Pick<WebhookClient, 'publicAddress'>;
    configurationOf?: ((number: string) => VoiceConfiguration | undefined) | undefined;
  },
): CallStart {
  const number = line.configurationOf?.(plan.to);
  return {
    direction: 'inbound',
    document: endpoint(number?.voiceUrl, number?.voiceMethod) ?? {
      url: line.webhooks.publicAddress('/twilio/voice'),
      method: 'POST',
    },
    fallback: endpoint(number?.voiceFallbackUrl, number?.voiceFallbackMethod),
    statusCallback: endpoint(number?.statusCallback, number?.statusCallbackMethod),
    // Twilio vouches for the caller's number with it; there is none for a number that is withheld.
    ...(plan.from !== null && { parameters: { CallToken: randomBytes(24).toString('base64url') } }),
  };
}

/** @returns nothing for an address that is not configured: absent, null or empty. */
export function endpoint(
  url: string | null | undefined,
  method: string | null | undefined,
): Endpoint | undefined {
  if (!url) return undefined;
  return { url, method: method === 'GET' ? 'GET' : 'POST' };
}
