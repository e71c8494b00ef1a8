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

/** A REST request to Twilio that failed, with Twilio's facts. */
export class TwilioRequestError extends Error {
  override readonly name = 'TwilioRequestError';
  readonly status: number | undefined;
  readonly code: number | undefined;
  readonly retryable: boolean;

  constructor(
    message: string,
    facts: { status?: number | undefined; code?: number | undefined; retryable: boolean },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = facts.status;
    this.code = facts.code;
    this.retryable = facts.retryable;
  }
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
