import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { coverageOf } from './coverage.ts';
import { decideRoute } from './decide-route.ts';
import { arbitraryDesk, arbitraryFacts, staticNumber } from './test-support/arbitrary-rules.ts';

const hourMs = 60 * 60 * 1000;
const weekMs = 7 * 24 * hourMs;
/** A Monday, midnight in Toronto. */
const monday = Date.parse('2026-11-23T05:00Z');

const office = {
  id: 'office',
  timezone: 'America/Toronto',
  open: { mon: ['09:00-17:00'], tue: ['09:00-17:00'] },
  closed: ['2026-11-24'],
};
const evenings = { id: 'evenings', timezone: 'America/Toronto', open: { mon: ['16:00-20:00'] } };

function coverageWith(
  rules: unknown[] | undefined,
  more: object = {},
  isAttached?: (number: string) => boolean,
) {
  const desk = compileDesk(
    deskSchema.parse({
      patchbay: 1,
      integrations: [
        { id: 'desk', name: 'Desk', staticNumber, ...(rules && { dynamic: { rules } }), ...more },
      ],
      schedules: [office, evenings],
      groups: [
        {
          id: 'shift',
          strategy: 'in-order',
          numbers: [
            { number: '+14165550001', schedule: 'office' },
            { number: '+14165550002', schedule: 'evenings' },
            { number: '+14165550003', away: true },
          ],
        },
      ],
    }),
  );
  const compiled = desk.integrationById.get('desk');
  if (compiled === undefined) throw new Error('the desk has the integration');
  return coverageOf(compiled, { from: monday, until: monday + weekMs, ...(isAttached && { isAttached }) });
}

const hours = (at: number) => (at - monday) / hourMs;
const spansOf = (...coverage: Parameters<typeof coverageWith>) =>
  coverageWith(...coverage).spans.map(({ from, until, status, numbers }) => [
    hours(from),
    hours(until),
    status,
    numbers.filter((number) => number !== staticNumber),
  ]);

describe('coverageOf', () => {
  it('is static-only all week without rules, and for the webhook to say with one', () => {
    expect(spansOf(undefined)).toEqual([[0, 168, 'static-only', []]]);
    expect(spansOf(undefined, { dynamic: { webhook: 'https://example.com/r' } })).toEqual([
      [0, 168, 'webhook', []],
    ]);
  });

  it('follows the hours of a group’s members', () => {
    expect(spansOf([{ name: 'All', to: 'shift' }])).toEqual([
      [0, 9, 'static-only', []],
      [9, 16, 'covered', ['+14165550001']],
      [16, 17, 'covered', ['+14165550001', '+14165550002']],
      [17, 20, 'covered', ['+14165550002']],
      [20, 168, 'static-only', []],
    ]);
  });

  it('follows the schedules of rules, and names rules that lead to nobody', () => {
    const { spans } = coverageWith([
      { name: 'Open', when: { schedule: 'office', open: true }, to: '+14165550009' },
      { name: 'Shift', when: { contact: 'known' }, to: 'shift' },
    ]);
    expect(spans.map(({ from, status, emptyRules }) => [hours(from), status, emptyRules])).toEqual([
      [0, 'static-only', ['Shift']],
      [9, 'covered', []],
      [17, 'covered', []],
      [20, 'static-only', ['Shift']],
    ]);
  });

  it('looks no further than a rule that takes every call', () => {
    expect(
      spansOf([
        { name: 'Everybody', to: staticNumber },
        { name: 'Never reached', when: { contact: 'known' }, to: '+14165550009' },
      ]),
    ).toEqual([[0, 168, 'static-only', []]]);
  });

  it('says when not even the static number would be rung', () => {
    expect(spansOf(undefined, {}, (number) => number === staticNumber)).toEqual([[0, 168, 'nobody', []]]);
  });

  it('covers the week without gaps, and is right about every decision', () => {
    fc.assert(
      fc.property(
        arbitraryDesk,
        arbitraryFacts,
        fc.integer({ min: 0, max: weekMs - 1 }),
        (desk, facts, after) => {
          for (const compiled of compileDesk(desk).integrationById.values()) {
            const { spans } = coverageOf(compiled, { from: monday, until: monday + weekMs });
            expect(spans[0]?.from).toBe(monday);
            expect(spans.at(-1)?.until).toBe(monday + weekMs);
            for (const [index, { until }] of spans.entries()) {
              expect(spans[index + 1]?.from ?? monday + weekMs).toBe(until);
            }
            const now = monday + after;
            const span = spans.find(({ until }) => now < until);
            // A caller is not rung on the own number, which coverage does not know.
            const { destinations } = decideRoute({ ...facts, now }, compiled);
            for (const destination of destinations) expect(span?.numbers).toContain(destination);
            if (span?.status === 'static-only') {
              expect(destinations).toEqual([compiled.integration.staticNumber]);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
