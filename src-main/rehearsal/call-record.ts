import type { Rung } from './dial.ts';
import type { Recording } from './record.ts';
import type { RelaySession } from './relay-session.ts';
import type { TraceEntry } from './trace.ts';

/** What the caller is experiencing right now. */
export type Situation =
  | { at: 'twilio' }
  | { at: 'relay'; session: RelaySession }
  | { at: 'announcement' }
  | { at: 'gathering'; hear: (input: { digit: string } | { speech: string }) => void }
  | { at: 'ringing' }
  | { at: 'connected' }
  | { at: 'recording'; recording: Recording }
  | { at: 'on-hold' }
  | { at: 'ended' };

/** Everything that is known of a rehearsed call once it is over. */
export interface CallRecord {
  callSid: string;
  /** Who or what ended it. */
  endedBy: 'caller' | 'patchbay' | 'destination' | 'error';
  /** The error at Twilio that ended it. */
  error: { code: number; message: string } | undefined;
  /** HTTP status of the first webhook's answer; undefined when there was none. */
  webhookStatus: number | undefined;
  /** Destinations in the order in which they were rung. */
  rung: Rung[];
  /** Plain sentences: what Twilio would have logged as an error while the call went on. */
  problems: string[];
  /** Plain sentences: steps of the caller's that found no moment. */
  undone: string[];
  trace: TraceEntry[];
  tookMs: number;
}
