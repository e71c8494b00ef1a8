import { expect, it } from 'vitest';
import { ProfileSightingQueries } from './profile-sightings.ts';
import { memoryDatabase } from './testing.ts';

const seen = (status: 'draft' | 'approved' | 'error' | 'rejected', at: number, reasons: string[] = []) => ({
  status,
  profileSid: status === 'error' ? null : 'BU1',
  reasons,
  at,
});

it('keeps one row for each stretch of time, of its own account', () => {
  const sightings = new ProfileSightingQueries(memoryDatabase());
  for (const [status, at] of [
    ['draft', 1],
    ['draft', 2],
    ['error', 3],
    ['error', 4],
    ['draft', 5],
    ['approved', 6],
  ] as const) {
    sightings.record('AC1', seen(status, at));
  }
  sightings.record('AC2', seen('rejected', 7));
  expect(sightings.list('AC1').map(({ status, at, lastSeenAt }) => [status, at, lastSeenAt])).toEqual([
    ['approved', 6, 6],
    ['draft', 5, 5],
    ['error', 3, 4],
    ['draft', 1, 2],
  ]);
  expect(sightings.list('AC2')).toHaveLength(1);
  expect(sightings.list('AC3')).toEqual([]);
});

it('begins a new row when the reasons or the profile are others', () => {
  const sightings = new ProfileSightingQueries(memoryDatabase());
  sightings.record('AC1', seen('rejected', 1, ['a']));
  sightings.record('AC1', seen('rejected', 2, ['a']));
  sightings.record('AC1', seen('rejected', 3, ['a', 'b']));
  sightings.record('AC1', { ...seen('rejected', 4, ['a', 'b']), profileSid: 'BU2' });
  expect(sightings.list('AC1').map(({ reasons, profileSid }) => [profileSid, reasons])).toEqual([
    ['BU2', ['a', 'b']],
    ['BU1', ['a', 'b']],
    ['BU1', ['a']],
  ]);
});

it('goes by the order of the looks, not by a clock that was set back in between', () => {
  const sightings = new ProfileSightingQueries(memoryDatabase());
  sightings.record('AC1', seen('draft', 1000));
  sightings.record('AC1', seen('approved', 10));
  sightings.record('AC1', seen('approved', 20));
  expect(sightings.lastDecided('AC1')).toBe('approved');
  expect(sightings.list('AC1').map(({ status, at, lastSeenAt }) => [status, at, lastSeenAt])).toEqual([
    ['approved', 10, 20],
    ['draft', 1000, 1000],
  ]);
});

it('knows what Twilio last said, whatever failed since', () => {
  const sightings = new ProfileSightingQueries(memoryDatabase());
  expect(sightings.lastDecided('AC1')).toBeNull();
  sightings.record('AC1', seen('error', 1));
  expect(sightings.lastDecided('AC1')).toBeNull();
  sightings.record('AC1', seen('draft', 2));
  sightings.record('AC1', seen('approved', 3));
  sightings.record('AC1', seen('error', 4));
  expect(sightings.lastDecided('AC1')).toBe('approved');
});
