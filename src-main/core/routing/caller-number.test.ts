import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerNumberOf } from './caller-number.ts';

describe('callerNumberOf', () => {
  it.each([
    ['+14165557777', '+14165557777'],
    [' +1 (416) 555-7777 ', '+14165557777'],
    ['+1.416.555.7777', '+14165557777'],
    ['tel:+1-416-555-7777', '+14165557777'],
    ['sip:+14165557777@carrier.example', '+14165557777'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['(416) 555-7777', '+14165557777'],
    ['14165557777', '+14165557777'],
  ])('reads %j as %s', (raw, number) => {
    expect(callerNumberOf(raw, '+14165551234')).toBe(number);
  });

  it.each([
    ...[
      '',
      ' ',
      'anonymous',
      'Anonymous',
      'Restricted',
      'unavailable',
      'PRIVATE',
      '+',
      '+abc',
      '12',
      '911',
      '+911',
    ],
    ...['+266696687', '+7378742833', '+86282452253', '+2 666 966 87', 'sip:anonymous@anonymous.invalid'],
    ...['+0123456789', '+1234567890123456', 'x'.repeat(100_000)],
    ...[null, undefined, 14165557777, {}, ['+14165557777'], true],
  ])('finds no number in %j', (raw) => {
    expect(callerNumberOf(raw, '+14165551234')).toBeNull();
  });

  it('does not guess a country when there is none to go by', () => {
    expect(callerNumberOf('(416) 555-7777')).toBeNull();
  });

  it('gives E.164 or null, and gives the same for what it gave', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+\d ().-]{5,20}$/), fc.anything()), (raw) => {
        const number = callerNumberOf(raw, '+14165551234');
        if (number === null) return;
        expect(number).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(callerNumberOf(number)).toBe(number);
      }),
    );
  });
});
