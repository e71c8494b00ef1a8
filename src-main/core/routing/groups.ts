import type { Group, Integration } from '../../../src-preload/contract/desk.ts';
import { assertNever } from '../errors.ts';
import { type CompiledSchedule, isOpen } from './schedules.ts';

/** A member of a group as decisions use it. */
export interface CompiledMember {
  /** E.164. */
  number: string;
  /** Rung only while this is open; null: at any time. */
  schedule: CompiledSchedule | null;
  away: boolean;
  /** How long it is rung instead of the integration's time, in seconds. */
  seconds: number | null;
}

export interface CompiledGroup {
  id: string;
  strategy: Group['strategy'];
  members: readonly CompiledMember[];
}

/** What decisions remember of each other, and what Patchbay itself answers. */
export interface RouteState {
  /** The member of a round-robin group that the last decision began with; undefined: there was none. */
  lastTaken(groupId: string): string | undefined;
  /** Until when a destination rests (Unix milliseconds); 0: it does not. */
  restsUntil(destination: string): number;
  /** Whether calls to this number come to Patchbay, so that ringing it would lead in a circle. */
  isAttached(number: string): boolean;
}

/** Nothing was decided before, nobody rests, and no number is attached. */
export const freshState: RouteState = {
  lastTaken: () => undefined,
  restsUntil: () => 0,
  isAttached: () => false,
};

/** Why a destination is not rung now. */
export type Hindrance = 'away' | 'closed' | 'resting' | 'caller' | 'attached';

/** Why a destination is not rung, as the end of a sentence that begins with its number. */
export const hindranceWords: Record<Hindrance, string> = {
  away: 'is away',
  closed: 'is outside its hours',
  resting: 'rests, because it was not reached twice in a row',
  caller: 'is the caller’s own number',
  attached: 'is attached to Patchbay',
};

export interface Chosen {
  /** Who can be rung, in this order. */
  members: readonly CompiledMember[];
  /** All of the group in the order of their turns; null: can be rung. */
  judged: readonly { member: CompiledMember; hindrance: Hindrance | null }[];
}

/** Arranges a group for decisions; a number that is in it twice counts once. */
export function compileGroup(
  group: Group,
  scheduleOf: (id: string) => CompiledSchedule | null,
): CompiledGroup {
  const members = new Map<string, CompiledMember>();
  for (const entry of group.numbers) {
    const { number, schedule, away, seconds } = typeof entry === 'string' ? { number: entry } : entry;
    if (members.has(number)) continue;
    members.set(number, {
      number,
      schedule: schedule === undefined ? null : scheduleOf(schedule),
      away: away ?? false,
      seconds: seconds ?? null,
    });
  }
  return { id: group.id, strategy: group.strategy, members: [...members.values()] };
}

/** Of a decision's facts, what choosing a destination takes. */
export interface Asking {
  /** The caller's, in E.164; null: withheld. */
  number: string | null;
  /** Unix milliseconds. */
  now: number;
}

/** Chooses among a group's members, by its strategy and by who can be rung. Pure. */
export function chooseMembers(
  group: CompiledGroup,
  asking: Asking,
  integration: Integration,
  state: RouteState,
): Chosen {
  const judged = inOrder(group, state).map((member) => ({
    member,
    hindrance: memberHindrance(member, asking, integration, state),
  }));
  const members = judged.flatMap(({ member, hindrance }) => (hindrance === null ? [member] : []));
  return { members, judged };
}

/** Why a destination can't be rung for this caller; null: it can. The static number never rests. */
export function hindranceOf(
  destination: string,
  { number, now }: Asking,
  { staticNumber }: Integration,
  state: RouteState,
): Hindrance | null {
  if (destination === number) return 'caller';
  if (state.isAttached(destination)) return 'attached';
  return destination !== staticNumber && state.restsUntil(destination) > now ? 'resting' : null;
}

function memberHindrance(
  { number, away, schedule }: CompiledMember,
  asking: Asking,
  integration: Integration,
  state: RouteState,
): Hindrance | null {
  if (away) return 'away';
  if (schedule !== null && !isOpen(schedule, asking.now)) return 'closed';
  return hindranceOf(number, asking, integration, state);
}

function inOrder({ id, strategy, members }: CompiledGroup, state: RouteState): readonly CompiledMember[] {
  switch (strategy) {
    case 'in-order':
    case 'all-at-once':
      return members;
    case 'round-robin': {
      const last = state.lastTaken(id);
      const first = members.findIndex(({ number }) => number === last) + 1;
      return [...members.slice(first), ...members.slice(0, first)];
    }
    default:
      return assertNever(strategy);
  }
}
