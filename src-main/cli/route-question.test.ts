import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { readRouteQuestion } from './route-question.ts';

const now = Date.UTC(2026, 10, 23);
const read = (flags: Parameters<typeof readRouteQuestion>[0]) =>
  readRouteQuestion({ integration: 'front-desk', ...flags }, now);

describe('readRouteQuestion', () => {
  it('asks for a caller without a number, now, when nothing else is said', () => {
    expect(read({})).toEqual({
      integrationId: 'front-desk',
      number: null,
      at: now,
      fields: {},
      called: null,
      workflowId: null,
    });
  });

  it('reads everything that rules can ask about', () => {
    const question = read({
      number: '+1 (416) 555-7777',
      at: '2026-12-24T10:00-05:00',
      field: ['department=billing', 'note=a=b'],
      called: '+14165550100',
      workflow: 'reception',
      tag: ['vip'],
    });
    expect(question).toEqual({
      integrationId: 'front-desk',
      number: '+14165557777',
      at: Date.UTC(2026, 11, 24, 15),
      fields: { department: 'billing', note: 'a=b' },
      called: '+14165550100',
      workflowId: 'reception',
      tags: ['vip'],
    });
  });

  it.each([
    ['2026-12-24T10:00', new Date(2026, 11, 24, 10).getTime()],
    ['2026-12-24 10:00:30', new Date(2026, 11, 24, 10, 0, 30).getTime()],
    ['2026-12-24T10:00Z', Date.UTC(2026, 11, 24, 10)],
    ['2026-12-24T10:00+05:30', Date.UTC(2026, 11, 24, 4, 30)],
  ])('takes %s, without a zone as one of this machine', (at, expected) => {
    expect(read({ at }).at).toBe(expected);
  });

  it.each<[Parameters<typeof read>[0], string]>([
    [{ integration: undefined }, '--integration'],
    [{ number: 'nobody' }, '--number takes a phone number'],
    [{ number: '416 555 7777' }, '--number takes a phone number'],
    [{ called: '12' }, '--called takes a phone number'],
    [{ at: 'tomorrow' }, '--at takes a day and a time, like 2026-12-24T10:00'],
    [{ at: '2026-12-24' }, '--at takes'],
    [{ at: '2026-02-30T10:00' }, '--at takes'],
    [{ at: '2026-12-24T25:00' }, '--at takes'],
    [{ field: ['department'] }, '--field takes a name and a value'],
    [{ field: ['=billing'] }, '--field takes a name and a value'],
    [{ contact: 'old' }, '--contact takes known or new'],
    [{ contact: 'new', tag: ['vip'] }, 'a new contact has no tags'],
  ])('says what to type instead of %j', (flags, says) => {
    expect(() => read(flags)).toThrow(UsageError);
    expect(() => read(flags)).toThrow(says);
  });
});
