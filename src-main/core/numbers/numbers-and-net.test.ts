import { describe, expect, it } from 'vitest';
import { readTwiml } from '../net/hosted-twiml.ts';
import { askNet } from '../net/publish-net.ts';
import { before, businessNumber, NumbersUnderTest, sid } from './numbers-under-test.ts';

const staticNumber = '+14165551234';

/** How the line is cut, and what comes after: the next start, or the network comes back to the same process. */
const ways = [
  { what: 'the request is lost, and the machine with it', carriedOut: false, crash: true },
  { what: 'the answer is lost, and the machine with it', carriedOut: true, crash: true },
  { what: 'the request is lost, and the network comes back', carriedOut: false, crash: false },
  { what: 'the answer is lost, and the network comes back', carriedOut: true, crash: false },
];

/** Plans, publishes and all: the line is cut at every request in turn, until the work gets through. */
async function cutAtEveryRequest(
  { carriedOut, crash }: (typeof ways)[number],
  prepare: (under: NumbersUnderTest) => Promise<void>,
  work: (under: NumbersUnderTest) => Promise<unknown>,
  expectMended: (under: NumbersUnderTest, at: string) => Promise<void>,
): Promise<number> {
  for (let atRequest = 1; ; atRequest += 1) {
    await using under = await NumbersUnderTest.start({}, { realNet: true });
    await prepare(under);
    under.cut({ atRequest, carriedOut, crash });
    const wasRefused = await work(under).then(
      () => false,
      () => true,
    );
    if (!under.wasCut) return atRequest - 1;
    const at = `cut at request ${atRequest}${wasRefused ? '' : ', which did not matter'}`;
    if (crash) under.restart();
    expectExplained(under, at);
    under.mend();
    await under.settle();
    await expectMended(under, at);
  }
}

/** Whatever is unfinished is said, with the number. */
function expectExplained(under: NumbersUnderTest, at: string): void {
  const row = under.rows.get(sid);
  if (row !== undefined && row.state !== 'attached')
    expect(under.service.warnings().join(), at).toContain(`${businessNumber} is not finished`);
  if (row === undefined && under.netRow !== undefined)
    expect(under.net?.warnings().join(), at).toContain('“patchbay-net”) may still be there');
}

/** What the account holds of Serverless. */
function hosted(under: NumbersUnderTest) {
  const { services, environments, functions, builds } = under.twilio.account.serverless;
  return [services, environments, functions, builds].map(({ length }) => length);
}

/** Attached and caught by the net, with one of each at Twilio. */
async function expectCaught(under: NumbersUnderTest, at: string): Promise<void> {
  const row = under.rows.get(sid);
  expect(row, at).toMatchObject({ state: 'attached', before, set: under.atTwilio(), problem: null });
  expect(row?.earlier, at).toBeUndefined();
  expect(under.service.warnings(), at).toEqual([]);
  expect(under.net?.warnings(), at).toEqual([]);
  expect(under.netRow, at).toMatchObject({ state: 'published', problem: null });
  expect(hosted(under), at).toEqual([1, 1, 1, 1]);
  const { rest, account } = under.twilio;
  const call = { number: businessNumber, accountSid: account.sid };
  const { body } = await askNet(rest, under.atTwilio().voiceFallbackUrl, call);
  expect(readTwiml(body)?.dial?.numbers, at).toEqual([staticNumber]);
}

/** As before Patchbay came: nothing is left, here or at Twilio. */
function expectAsBefore(under: NumbersUnderTest, at: string): void {
  expect(under.rows.list(), at).toEqual([]);
  expect(under.atTwilio(), at).toEqual(before);
  expect([...under.service.warnings(), ...(under.net?.warnings() ?? [])], at).toEqual([]);
  expect(hosted(under), at).toEqual([0, 0, 0, 0]);
  expect(under.netRow, at).toBeUndefined();
}

describe.each(ways)('the line to Twilio is cut: $what', (way) => {
  it('at every request of attaching and publishing', async () => {
    const ends = new Set<string>();
    const requests = await cutAtEveryRequest(
      way,
      async () => {},
      (under) => under.attach(),
      async (under, at) => {
        if (under.rows.get(sid) === undefined) {
          expectAsBefore(under, at);
          ends.add('as before');
          await under.attach();
        } else ends.add('attached');
        await expectCaught(under, at);
        await under.detach();
        await under.settle();
        expectAsBefore(under, at);
      },
    );
    // Plan and look, what publishes, then look, change and read back.
    expect(requests).toBeGreaterThan(2 + 12 + 3);
    expect(ends).toEqual(new Set(['as before', 'attached']));
  }, 60_000);

  it('at every request of detaching and taking the net away', async () => {
    const requests = await cutAtEveryRequest(
      way,
      (under) => under.attach().then(() => {}),
      async (under) => {
        under.net?.start();
        await under.net?.idle();
        await under.detach();
        await under.net?.idle();
      },
      async (under, at) => {
        if (under.rows.get(sid) !== undefined) {
          await expectCaught(under, at);
          await under.detach();
          await under.settle();
        }
        expectAsBefore(under, at);
      },
    );
    // Plan, look, change and read back, then what takes the net away.
    expect(requests).toBeGreaterThan(4 + 2);
  }, 60_000);
});
