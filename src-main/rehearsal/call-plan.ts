/** What a rehearsed call is made of: what the caller does and what the destinations do. Seconds are script time. */

export type CallerStep =
  /** Says it when it is the caller's turn. */
  | { do: 'say'; words: string }
  /** Presses keys, one after the other. */
  | { do: 'press'; digits: string }
  /** Speaks over the AI after so many of its words. */
  | { do: 'interrupt'; afterWords: number; words: string }
  | { do: 'wait'; seconds: number }
  | { do: 'wait-for'; moment: CallMoment }
  /** The WebSocket between Twilio and Patchbay breaks. */
  | { do: 'drop-connection' }
  /** Twilio delivers its last request once more. */
  | { do: 'redeliver' }
  | { do: 'hang-up' };

export const callMoments = [
  'ai-talking',
  'callers-turn',
  'ringing',
  'on-hold',
  'screening',
  'connected',
  'recording',
  'ended',
] as const;
export type CallMoment = (typeof callMoments)[number];

/** What happens when a destination is rung. `afterSeconds` counts from the first ring. */
export type DestinationPlan =
  | { outcome: 'answers'; afterSeconds: number; talkSeconds: number; presses: string }
  | { outcome: 'voicemail'; afterSeconds: number; talkSeconds: number }
  /** Picks up, hears who is calling and does not take the call; without a screening it is an answer. */
  | { outcome: 'declines'; afterSeconds: number; talkSeconds: number; presses: string }
  | { outcome: 'busy'; afterSeconds: number }
  | { outcome: 'no-answer' }
  /** A number that can't be called: Twilio's error 13224. */
  | { outcome: 'invalid' };

export interface Faults {
  /** Every webhook of the call is delivered twice at once. */
  webhooksTwice: boolean;
  /** The status callbacks of legs come out of order, and each twice. */
  callbacksShuffled: boolean;
  /** The first webhook comes from somebody who is not Twilio. */
  forgedSignature: boolean;
  /** Twilio's error with which it refuses to ring anybody over its API for this caller. */
  callsRefused?: number | undefined;
}

export interface CallPlan {
  /** E.164, or null for a withheld number. */
  from: string | null;
  to: string;
  forwardedFrom?: string | undefined;
  callerName?: string | undefined;
  steps: readonly CallerStep[];
  /** By number, for the first, second … time it is rung; the last one holds from then on. */
  destinations: Readonly<Record<string, readonly DestinationPlan[]>>;
  faults: Faults;
}

/** What a destination does that no script speaks of. */
export const friendlyDestination: DestinationPlan = {
  outcome: 'answers',
  afterSeconds: 4,
  talkSeconds: 20,
  presses: '1',
};

/** What Twilio puts into `From` when the caller withholds the number. */
export const withheldFrom = 'anonymous';
