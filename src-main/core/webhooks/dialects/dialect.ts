import type { IncomingHttpHeaders } from 'node:http';
import type { DialectId, LintFinding } from '../../../../src-preload/contract/transfers.ts';
import type { SecretName } from '../../ports.ts';

/** How one AI platform asks where a call goes, and what it wants to hear. Pure; the transfer webhook does all else. */
export interface Dialect {
  id: DialectId;
  /** The platform as it writes itself. */
  platform: string;
  /** A request as the platform would send it, for the words of a refusal. */
  example: string;
  /** What the platform does with an answer that it can’t use: a sentence for the operator. */
  whenUnusable: string;
  /** Absent: the platform does not sign, and the router key is all the proof there is. */
  signature?: SignatureScheme;
  read(body: JsonObject, query: URLSearchParams): Reading;
  /** What the platform would make of this answer; nothing found means that it works. */
  lint(answer: unknown): LintFinding[];
}

export interface SignatureScheme {
  /** The secret that the platform signs with. */
  secret: SecretName;
  /** What mends a missing secret. */
  remedy: string;
  isSigned(
    request: { text: string; headers: IncomingHttpHeaders },
    secret: string,
    /** Unix time in milliseconds. */
    now: number,
  ): boolean;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export type Reading =
  | AskedTransfer
  /** The platform only tells something: it gets an empty answer, and nothing is decided. */
  | { kind: 'notice' };

/** A platform asks where a caller goes. */
export interface AskedTransfer {
  kind: 'transfer';
  /** Where the caller’s number may stand, the likeliest first; the first that is a phone number counts. */
  callers: readonly unknown[];
  /** Likewise for the number that was called. */
  called: readonly unknown[];
  /** What the AI has collected, for rules on form fields. */
  fields: Readonly<Record<string, string>>;
  /** The platform asks as its own call begins: it transfers after the conversation, or never. */
  fromStart?: true;
  /** How long a decision may take, in milliseconds, the way back left out; null: the platform publishes no limit. */
  withinMs: number | null;
  /** The platform’s own answer, to be written as JSON. */
  answer(found: FoundDestination): unknown;
}

export interface FoundDestination {
  /** E.164. */
  destination: string;
  integrationName: string;
  fields: Readonly<Record<string, string>>;
}
