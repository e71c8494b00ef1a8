import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import { parseDeskFile } from './parse-desk-file.ts';
import { arbitraryDesk } from './test-support/arbitrary-desk.ts';
import { writeDeskFile } from './write-desk-file.ts';

describe('writeDeskFile', () => {
  it('writes what parses back to the identical desk, and writes that alike', () => {
    fc.assert(
      fc.property(arbitraryDesk, (desk) => {
        const file = writeDeskFile(desk);
        const { desk: again } = parseDeskFile(file);
        expect(again).toStrictEqual(desk);
        expect(writeDeskFile(again)).toBe(file);
      }),
      { numRuns: 300 },
    );
  });

  it('writes the same file whatever the order of the keys', () => {
    const contact = { number: '+14165557777', name: 'Bakery', tags: ['vip'] };
    const desk = deskSchema.parse({ patchbay: 1, contacts: [contact] });
    const shuffled = { ...desk, contacts: [{ tags: ['vip'], name: 'Bakery', number: '+14165557777' }] };
    expect(writeDeskFile(shuffled)).toBe(writeDeskFile(desk));
    expect(writeDeskFile(desk)).toBe(
      'patchbay: 1\ncontacts:\n  - number: "+14165557777"\n    name: Bakery\n    tags:\n      - vip\n',
    );
  });
});
