import { describe, expect, it } from 'vitest';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import { NoSuchMemberError, withMemberAway } from './away-switch.ts';

const ann = '+14165550001';
const bob = { number: '+14165550002', seconds: 15 };
const desk = deskSchema.parse({
  patchbay: 1,
  groups: [
    { id: 'one', strategy: 'in-order', numbers: [ann, bob] },
    { id: 'two', strategy: 'round-robin', numbers: [{ number: ann, away: true }] },
  ],
});
const numbersOf = ({ groups }: typeof desk) => groups.map(({ numbers }) => numbers);

describe('the away switch', () => {
  it('takes a member out of every group, and brings it back as it was', () => {
    const gone = withMemberAway(desk, ann, true);
    expect(numbersOf(gone)).toEqual([[{ number: ann, away: true }, bob], [{ number: ann, away: true }]]);
    expect(numbersOf(withMemberAway(gone, ann, false))).toEqual([[ann, bob], [ann]]);
    const bobGone = withMemberAway(desk, bob.number, true);
    expect(numbersOf(bobGone)[0]).toEqual([ann, { ...bob, away: true }]);
    expect(numbersOf(withMemberAway(bobGone, bob.number, false))[0]).toEqual([ann, bob]);
  });

  it('says when nobody has this number', () => {
    expect(() => withMemberAway(desk, '+14165550009', true)).toThrow(NoSuchMemberError);
  });
});
