/**
 * When a caller hangs up, Twilio reports the end of the step (dial, session, recording) and the end of the call at about
 * the same time, in any order.
 */
const reportsArriveWithinMs = 3_000;

export interface LeftCallersDeps {
  /** The answers to Twilio about this call that are being made. */
  answersUnderWay: (callId: string) => readonly Promise<unknown>[];
  /** Resolves when no decision about this call is under way. */
  settled: (callId: string) => Promise<void>;
  /** Ends the call, unless it has ended meanwhile. Never rejects. */
  end: (callId: string) => Promise<void>;
}

/**
 * The callers who have hung up while their calls are still open on record. The report of the step in which they did
 * tells more and ends the call by itself, so it is waited for. But when a step is just being answered, nobody is there
 * to hear the answer and no report follows.
 */
export class LeftCallers {
  readonly #deps: LeftCallersDeps;
  readonly #left = new Set<string>();

  constructor(deps: LeftCallersDeps) {
    this.#deps = deps;
  }

  add(callId: string): void {
    if (this.#left.has(callId)) return;
    this.#left.add(callId);
    if (this.#deps.answersUnderWay(callId).length > 0) void this.#end(callId);
    else setTimeout(() => void this.#end(callId), reportsArriveWithinMs).unref();
  }

  /** Whether the caller has hung up, and the call is still open on record. */
  has(callId: string): boolean {
    return this.#left.has(callId);
  }

  async #end(callId: string): Promise<void> {
    const { answersUnderWay, settled, end } = this.#deps;
    do {
      await Promise.allSettled(answersUnderWay(callId));
      await settled(callId);
    } while (answersUnderWay(callId).length > 0);
    await end(callId);
    this.#left.delete(callId);
  }
}
