/** Where Twilio reaches what belongs to one call. All are absolute addresses under the public URL. */
export interface CallLinks {
  relay(token: string): string;
  relayEnded(callId: string, relay: number): string;
  dialEnded(callId: string, dial: number): string;
  /** `leg` is the place of a phone among those that a dial rings at once, from 1. */
  legChanged(callId: string, dial: number, leg: number): string;
  pickedUp(callId: string, dial: number, leg: number): string;
  /** `time` counts how often a key was asked for, from 1. */
  keyPressed(callId: string, dial: number, leg: number, time: number): string;
  voicemailEnded(callId: string): string;
  /** While the caller waits in a conference and phones are rung over REST. */
  warm: {
    legChanged(callId: string, dial: number, leg: number): string;
    pickedUp(callId: string, dial: number, leg: number): string;
    keyPressed(callId: string, dial: number, leg: number, time: number): string;
    /** The briefing is heard. */
    joined(callId: string, dial: number, leg: number): string;
    /** The caller waits no more, and nobody has joined. */
    over(callId: string, dial: number): string;
    /** The caller is to talk with the human who joins. */
    talk(callId: string, dial: number): string;
  };
}
