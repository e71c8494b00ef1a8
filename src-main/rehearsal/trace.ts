/** Who or what acted. "problem" is something that Twilio would have put into its error log. */
export type TraceSource = 'twilio' | 'caller' | 'ai' | 'destination' | 'text' | 'problem';

/** One thing that happened on a rehearsed call. */
export interface TraceEntry {
  /** Real milliseconds since the call began. */
  atMs: number;
  source: TraceSource;
  what: string;
  /** How long Patchbay took over it, in real milliseconds, where that was waited for. */
  tookMs?: number;
}

/** Everything that happened on one call, in order. */
export class Trace {
  readonly entries: TraceEntry[] = [];
  readonly #startedAt = performance.now();

  /** Real milliseconds since the call began. */
  elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  add(source: TraceSource, what: string, tookMs?: number): void {
    this.entries.push({
      atMs: this.elapsedMs(),
      source,
      what,
      ...(tookMs === undefined ? {} : { tookMs: Math.round(tookMs) }),
    });
  }
}
