import type { Desk } from '../../../src-preload/contract/desk.ts';

/** No group of the desk has this member. */
export class NoSuchMemberError extends Error {
  override readonly name = 'NoSuchMemberError';
  readonly number: string;

  constructor(number: string) {
    super(`no group of the desk has ${number} among its members`);
    this.number = number;
  }
}

/**
 * The desk with a member of groups (E.164) away or back, in every group that has it. Pure.
 * @throws NoSuchMemberError
 */
export function withMemberAway(desk: Desk, number: string, away: boolean): Desk {
  const has = (group: Desk['groups'][number]) => group.numbers.some((member) => numberOf(member) === number);
  if (!desk.groups.some(has)) throw new NoSuchMemberError(number);
  return {
    ...desk,
    groups: desk.groups.map((group) => ({
      ...group,
      numbers: group.numbers.map((member) => (numberOf(member) === number ? switched(member, away) : member)),
    })),
  };
}

type Member = Desk['groups'][number]['numbers'][number];

const numberOf = (member: Member): string => (typeof member === 'string' ? member : member.number);

function switched(member: Member, away: boolean): Member {
  const { away: _, ...rest } = typeof member === 'string' ? { number: member } : { away: false, ...member };
  if (away) return { ...rest, away };
  return Object.keys(rest).length === 1 ? rest.number : rest;
}
