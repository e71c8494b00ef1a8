import type { CallView } from '../../../src-preload/contract/calls.ts';

/** A phone that was rung, as an address names it: the dial that it is of, and its place in it, both counted from 1. */
export interface RungPhone {
  dial: number;
  leg: number;
  /** Rung over REST; a dial that could not be warm rings the same phones once more, and they are others. */
  warm: boolean;
}

export function rungAt(call: CallView, { dial, leg }: RungPhone): CallView['rung'][number] | undefined {
  return call.rung.filter((rung) => rung.dial === dial)[leg - 1];
}
