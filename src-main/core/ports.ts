import type { LanguageModel } from 'ai';
import type { TunnelOpener } from './tunnel/tunnel-opener.ts';
import type { TwilioRest } from './twilio/twilio-rest.ts';

/** What a host must bring for the core to run. Each port has a production form and, in tests, a fake. */

/** Unix time in milliseconds. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Messages are static sentences; whatever varies goes into `facts`, where the logger redacts it. */
export interface Logger {
  debug(message: string, facts?: Record<string, unknown>): void;
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

export const secretNames = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  /** The token before the one in force: what Twilio signed with it while it was rotated is still taken for a while. */
  'TWILIO_AUTH_TOKEN_PREVIOUS',
  'NGROK_AUTHTOKEN',
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'PATCHBAY_LLM_KEY',
  /** Retell signs its requests with it. */
  'RETELL_API_KEY',
] as const;
export type SecretName = (typeof secretNames)[number];

/** Keeps the operator's secrets; they stand nowhere else. */
export interface Vault {
  /** The secret, or undefined when there is none. Synchronous: signatures are checked with it on every webhook. */
  get(name: SecretName): string | undefined;
  /** @throws VaultError when this host has no safe place to keep it. */
  set(name: SecretName, value: string): void;
  delete(name: SecretName): void;
}

/** Tells the operator something now, outside the window. */
export interface Notifier {
  notify(notice: { title: string; body: string; callId?: string }): void;
}

/** Makes the language model that a workflow names as "provider:model". */
export interface ModelRegistry {
  /** @throws ModelUnavailableError when the provider is unknown or its key is missing. */
  model(id: string): LanguageModel;
}

/** An answer to a POST that Patchbay makes to an address of the operator's. */
export interface OutboundAnswer {
  status: number;
  /** Lower-case header names. */
  headers: Record<string, string>;
  body: string;
}

/**
 * POSTs JSON to an https address of the operator's (dynamic transfer, after-call webhook). Redirects are not
 * followed: a 3xx is an answer like any other.
 */
export interface OutboundHttp {
  /** @throws OutboundError, whose `reason` says in plain words what went wrong. */
  postJson(
    url: string,
    body: string,
    options: { timeoutMs: number; maxBytes: number; headers?: Record<string, string> },
  ): Promise<OutboundAnswer>;
}

/** Sends texts over the operator's Twilio account. */
export interface TextSender {
  /** @returns the message's SID. @throws TwilioRequestError with Twilio's status and code. */
  send(text: { from: string; to: string; body: string }): Promise<{ sid: string }>;
}

export interface Ports {
  clock: Clock;
  logger: Logger;
  vault: Vault;
  notifier: Notifier;
  models: ModelRegistry;
  outbound: OutboundHttp;
  texts: TextSender;
  twilio: TwilioRest;
  tunnels: TunnelOpener;
}
