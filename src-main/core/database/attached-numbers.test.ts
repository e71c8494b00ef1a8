import { describe, expect, it } from 'vitest';
import type { NumberConfig } from '../../../src-preload/contract/numbers.ts';
import { type AttachedNumber, AttachedNumberQueries } from './attached-numbers.ts';
import { memoryDatabase } from './testing.ts';

const config: NumberConfig = {
  voiceUrl: 'https://one.example/twilio/voice',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
  trunkSid: '',
};
const number: AttachedNumber = {
  sid: 'PN1',
  accountSid: 'AC1',
  number: '+14165550100',
  workflowId: 'reception',
  state: 'attaching',
  since: 1,
  before: { ...config, voiceUrl: 'https://old.example' },
  set: config,
  seen: null,
  seenAt: null,
  problem: null,
};

describe('AttachedNumberQueries', () => {
  it('keeps a number as it was put last, until it is deleted', () => {
    const numbers = new AttachedNumberQueries(memoryDatabase());
    numbers.put(number);
    expect(numbers.get('PN1')).toEqual(number);
    const moving = {
      ...number,
      state: 'attached' as const,
      earlier: [config],
      seen: config,
      seenAt: 2,
      problem: 'x',
    };
    numbers.put(moving);
    expect(numbers.list()).toEqual([moving]);
    numbers.put({ ...moving, earlier: [] });
    expect(numbers.get('PN1')).not.toHaveProperty('earlier');
    numbers.delete('PN1');
    expect(numbers.get('PN1')).toBeUndefined();
    expect(numbers.list()).toEqual([]);
  });

  it('counts those of one account, whatever their state', () => {
    const numbers = new AttachedNumberQueries(memoryDatabase());
    numbers.put(number);
    numbers.put({ ...number, sid: 'PN2', number: '+14165550101', state: 'detaching' });
    numbers.put({ ...number, sid: 'PN3', number: '+14165550102', accountSid: 'AC2' });
    expect(['AC1', 'AC2', 'AC3'].map((accountSid) => numbers.countOf(accountSid))).toEqual([2, 1, 0]);
  });

  it('holds a number once', () => {
    const numbers = new AttachedNumberQueries(memoryDatabase());
    numbers.put(number);
    expect(() => numbers.put({ ...number, sid: 'PN2' })).toThrow(/UNIQUE/);
  });

  it('knows whether calls to a number come to Patchbay', () => {
    const numbers = new AttachedNumberQueries(memoryDatabase());
    numbers.put(number);
    expect(numbers.holds(number.number)).toBe(true);
    expect(numbers.holds('+14165559999')).toBe(false);
    numbers.delete(number.sid);
    expect(numbers.holds(number.number)).toBe(false);
  });
});
