import { describe, expect, it } from 'vitest';
import { addressesAt, wantedConfig } from './number-config.ts';
import { before, businessNumber, type Cut, NumbersUnderTest, netUrl, sid } from './numbers-under-test.ts';

const set = wantedConfig('https://one.example', netUrl);

/** Each request to Twilio that an operation makes, cut before or after it was carried out, with or without this machine. */
function cuts(requests: number): [string, Cut][] {
  return Array.from({ length: requests }, (_, index) => index + 1).flatMap((atRequest) =>
    [false, true].flatMap((carriedOut) =>
      [false, true].map((crash): [string, Cut] => [
        `request ${atRequest}, ${carriedOut ? 'carried out' : 'lost'}${crash ? ', and the machine too' : ''}`,
        { atRequest, carriedOut, crash },
      ]),
    ),
  );
}

/** Either wholly attached or wholly given back, and nothing left to explain. */
function expectWhole(under: NumbersUnderTest): 'attached' | 'as before' {
  expect(under.service.warnings()).toEqual([]);
  const row = under.rows.get(sid);
  if (row === undefined) {
    expect(under.atTwilio()).toEqual(before);
    return 'as before';
  }
  expect(row).toMatchObject({ state: 'attached', before, set: under.atTwilio(), problem: null });
  expect(row.earlier ?? []).toEqual([]);
  return 'attached';
}

/** Whatever is unfinished is said, with the number. */
function expectExplained(under: NumbersUnderTest): void {
  const row = under.rows.get(sid);
  if (row === undefined || row.state === 'attached') return;
  expect(under.service.warnings().join()).toContain(`${businessNumber} is not finished`);
}

describe('the line to Twilio is cut in the middle', () => {
  // Plan, look, look after the net was published, change, read back.
  it.each(cuts(5))('of attaching: %s', async (_, cut) => {
    await using under = await NumbersUnderTest.start();
    under.cut(cut);
    await expect(under.attach()).rejects.toThrow();
    expect(under.wasCut).toBe(true);
    if (!cut.crash) expectExplained(under);
    under.restart();
    expectExplained(under);
    await under.service.look();
    const whole = expectWhole(under);
    expect(whole).toBe(
      cut.atRequest === 5 || (cut.atRequest === 4 && cut.carriedOut) ? 'attached' : 'as before',
    );
    // Nothing stands in the way of doing it again, or of taking it back.
    if (whole === 'as before') await under.attach();
    expect(under.atTwilio()).toEqual(set);
    await under.detach();
    expect(expectWhole(under)).toBe('as before');
  });

  // Plan, look, change, read back.
  it.each(cuts(4))('of detaching: %s', async (_, cut) => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.cut(cut);
    await expect(under.detach()).rejects.toThrow();
    expect(under.wasCut).toBe(true);
    under.restart();
    expectExplained(under);
    await under.service.look();
    expect(expectWhole(under)).toBe(cut.atRequest <= 2 ? 'attached' : 'as before');
  });

  // Look, change, read back.
  it.each(cuts(3))('of following the public address: %s', async (_, cut) => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.origin = 'https://two.example';
    under.cut(cut);
    await under.service.repoint();
    expect(under.wasCut).toBe(true);
    if (!cut.crash)
      expect(under.service.warnings().join()).toContain('still leads to an address from before');
    under.restart();
    expect(under.service.warnings().join()).toContain('still leads to an address from before');
    // Meanwhile it is another one again.
    under.origin = 'https://three.example';
    await under.service.look();
    expect(expectWhole(under)).toBe('attached');
    expect(under.atTwilio()).toMatchObject(addressesAt('https://three.example'));
    await under.detach();
    expect(expectWhole(under)).toBe('as before');
  });

  // Plan, look, look after the net was published, change, read back.
  it.each(cuts(5))('of repairing: %s', async (_, cut) => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.inConsole({ voiceUrl: 'https://else.example/', voiceMethod: 'GET' });
    under.cut(cut);
    await expect(under.repair()).rejects.toThrow();
    under.restart();
    await under.service.look();
    await under.repair();
    expect(expectWhole(under)).toBe('attached');
  });

  // Look twice, change, read back, restore, read back.
  it.each(cuts(6))(
    'of undoing, because someone changes the number in the same moment: %s',
    async (_, cut) => {
      await using under = await NumbersUnderTest.start();
      const { token } = await under.service.planAttach(sid, 'reception');
      let statusCallback: string = before.statusCallback;
      Object.defineProperty(under.twilio.account.number(businessNumber), 'statusCallback', {
        get: () => statusCallback,
        set: () => {
          statusCallback = 'https://else.example/status';
        },
      });
      under.cut(cut);
      await expect(under.service.attach({ sid, workflowId: 'reception', token }, () => {})).rejects.toThrow();
      expect(under.wasCut).toBe(true);
      under.restart();
      expectExplained(under);
      await under.service.look();
      expect(under.rows.list()).toEqual([]);
      expect(under.atTwilio()).toEqual({ ...before, statusCallback });
    },
  );
});
