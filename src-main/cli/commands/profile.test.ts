import { expect, it } from 'vitest';
import type { Profile, ProfileSighting } from '../../../src-preload/contract/profile.ts';
import { type Flags, noFlags } from '../command.ts';
import { commandOf } from '../commands.ts';
import type { PatchbayClient } from '../reach-core.ts';

const rejected: Profile = {
  status: 'rejected',
  lastKnown: 'rejected',
  label: 'Rejected',
  means: 'It means this.',
  next: 'Do that.',
  consoleUrl: 'https://console.twilio.com/there',
  profileSid: 'BU1',
  name: 'Harbour Plumbing',
  reasons: [{ says: 'The address is wrong.', code: 18603 }],
  problem: null,
  unlocks: ['Calls without a limit.'],
  validUntil: null,
  warnings: ['Transfers may be blocked.'],
  checkedAt: 0,
};

async function run(typed: string, profile: Profile, history: ProfileSighting[] = []): Promise<string[]> {
  const lines: string[] = [];
  const client = { profile: { check: async () => profile, history: async () => history } };
  const flags: Flags = noFlags;
  const { command, args } = commandOf(typed.split(' '));
  await command.run({
    client: client as unknown as PatchbayClient,
    isRunning: true,
    args,
    flags,
    print: (line) => lines.push(line),
    confirm: () => Promise.resolve(true),
    secret: () => Promise.resolve(''),
  });
  return lines;
}

it('says where the profile stands, why, what to do next and where', async () => {
  expect(await run('profile', rejected)).toEqual([
    'Rejected (Harbour Plumbing): It means this.',
    '- The address is wrong.',
    '! Transfers may be blocked.',
    'Next: Do that.',
    '      https://console.twilio.com/there',
    '+ Calls without a limit.',
  ]);
});

it('says what stood in the way of asking', async () => {
  const problem = { code: 20003, status: 401, says: 'The token was revoked.', remedy: '', link: null };
  const lines = await run('profile', { ...rejected, status: 'error', reasons: [], warnings: [], problem });
  expect(lines[1]).toBe('! The token was revoked.');
});

it('lists every status that was seen, with the reasons of a rejection', async () => {
  const lines = await run('profile history', rejected, [
    { status: 'rejected', profileSid: 'BU1', reasons: ['The address is wrong.'], at: 1, lastSeenAt: 2 },
  ]);
  expect(lines).toEqual([
    expect.stringMatching(/^rejected +from .+ until .+ at least$/),
    '  - The address is wrong.',
  ]);
  expect(await run('profile history', rejected)).toEqual(['The profile was never looked at.']);
});
