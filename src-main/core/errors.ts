import type { Problem } from '../../src-preload/contract/problem.ts';

/** Closes a union: a case that was forgotten does not compile, and at run time names what came. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}

/** The words of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A POST to an operator's address that brought no answer. `reason` is a plain sentence part, like "it did not answer within 2 s". */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly kind: 'refused-address' | 'timeout' | 'too-large' | 'unreachable';
  readonly reason: string;

  constructor(kind: OutboundError['kind'], reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.kind = kind;
    this.reason = reason;
  }
}

/** A model that a workflow names can't be used. `remedy` says what the operator can do. */
export class ModelUnavailableError extends Error {
  override readonly name = 'ModelUnavailableError';
  readonly modelId: string;
  readonly remedy: string;

  constructor(modelId: string, problem: string, remedy: string) {
    super(`${modelId}: ${problem}. ${remedy}`);
    this.modelId = modelId;
    this.remedy = remedy;
  }
}

/** A host has no safe place for a secret. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

export interface TwilioRequestFacts {
  /** HTTP status, where there was an answer. */
  status?: number | undefined;
  /** Twilio's error code. */
  code?: number | undefined;
  /** Asking again later may help. */
  retryable: boolean;
  /**
   * no-account: the vault has no credentials. not-an-account: the SID is none of an account. unreachable: no answer, or
   * one that is not Twilio's. answered: Twilio said no. Left out, it follows from `status`.
   */
  kind?: 'no-account' | 'not-an-account' | 'unreachable' | 'answered' | undefined;
  /** What Twilio said, or why it can't be reached: a sentence part without secrets. */
  detail?: string | undefined;
  /** Twilio may have carried the request out although it failed here, so that asking again could do it twice. */
  uncertain?: boolean | undefined;
}

/** A REST request to Twilio that failed, with Twilio's facts. Neither the message nor a cause holds a secret. */
export class TwilioRequestError extends Error {
  override readonly name = 'TwilioRequestError';
  readonly status: number | undefined;
  readonly code: number | undefined;
  readonly retryable: boolean;
  readonly kind: 'no-account' | 'not-an-account' | 'unreachable' | 'answered';
  readonly detail: string | undefined;
  readonly uncertain: boolean;

  constructor(message: string, facts: TwilioRequestFacts, options?: ErrorOptions) {
    super(message, options);
    this.status = facts.status;
    this.code = facts.code;
    this.retryable = facts.retryable;
    this.kind = facts.kind ?? (facts.status === undefined ? 'unreachable' : 'answered');
    this.detail = facts.detail;
    this.uncertain = facts.uncertain ?? false;
  }
}

/** A file at Twilio that can't be kept, however often it is fetched; the message says why. */
export class UnusableMediaError extends Error {
  override readonly name = 'UnusableMediaError';
}

/** What an operator asked for can't be done, or failed; `problem` has the words, the remedy and the link. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(`${problem.says} ${problem.remedy}`, options);
    this.problem = problem;
  }
}
