import { describe, expect, it } from 'vitest';
import { formatNumber } from './phone-number.ts';

describe('a phone number', () => {
  it('is written nationally next to one of the same country code', () => {
    expect(formatNumber('+14165557777', '+16475550100')).toBe('(416) 555-7777');
    expect(formatNumber('+442079460018', '+442079460000')).toBe('020 7946 0018');
  });

  it('is written internationally next to a foreign one or none', () => {
    expect(formatNumber('+442079460018', '+14165550100')).toBe('+44 20 7946 0018');
    expect(formatNumber('+14165557777')).toBe('+1 416 555 7777');
  });

  it('stays as it is when it can’t be parsed', () => {
    expect(formatNumber('anonymous', '+14165550100')).toBe('anonymous');
  });
});
