import type { Problem } from '../../../src-preload/contract/problem.ts';

/** A tunnel can't be opened, or is lost. `retryable` is false when only the operator can mend it. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';
  /** As ngrok writes it, like ERR_NGROK_107. */
  readonly code: string | null;
  readonly problem: Problem;
  readonly retryable: boolean;

  constructor(facts: { code: string | null; problem: Problem; retryable: boolean }) {
    super(`${facts.problem.says} ${facts.problem.remedy}`);
    this.code = facts.code;
    this.problem = facts.problem;
    this.retryable = facts.retryable;
  }
}
