import { describe, expect, it, vi } from 'vitest';
import { compileDesk } from '../desk/desk-service.ts';
import { parseDeskFile } from '../desk/parse-desk-file.ts';
import { addressesAt, wantedConfig } from './number-config.ts';
import { before, businessNumber, deskYaml, NumbersUnderTest, netUrl, sid } from './numbers-under-test.ts';

const set = wantedConfig('https://one.example', netUrl);
const says = (text: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ says: expect.stringContaining(text) }) });

describe('drift', () => {
  it('is noticed once, shown with both values, and repaired', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.inConsole({ voiceUrl: 'https://else.example/' });
    await under.service.look();
    await under.service.look();
    expect(under.notices).toEqual([
      expect.stringMatching(
        /voice URL is https:\/\/else\.example\/ where Patchbay set https:\/\/one\.example/,
      ),
    ]);
    expect(under.service.warnings()).toEqual([expect.stringContaining('was changed at Twilio')]);
    const [number] = await under.service.list();
    expect(number?.attachment?.drift).toEqual([
      { setting: 'voiceUrl', now: 'https://else.example/', patchbay: set.voiceUrl },
    ]);
    under.inConsole({ trunkSid: 'TK0123456789abcdef0123456789abcdef' });
    await under.service.look();
    expect(under.notices).toHaveLength(2);
    under.publishNet = async () => 'https://patchbay-new.twil.io/answer';
    await under.repair();
    expect((await under.service.list())[0]?.attachment?.drift).toEqual([]);
    expect(under.atTwilio()).toEqual(
      wantedConfig('https://one.example', 'https://patchbay-new.twil.io/answer'),
    );
    await under.detach();
    expect(under.atTwilio()).toEqual(before);
  });

  it('is none when a list brings what was there before the number was last looked at', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    const row = under.rows.get(sid);
    if (row === undefined) throw new Error('the number was not attached');
    under.rows.put({ ...row, seenAt: under.clock.now() + 1 });
    under.inConsole({ voiceUrl: 'https://else.example/' });
    await under.service.list();
    expect(under.notices).toEqual([]);
    expect(under.rows.get(sid)?.seen).toEqual(row.seen);
  });

  it('is repaired although the net can’t be published just then', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.inConsole({ voiceUrl: 'https://else.example/' });
    under.publishNet = () => Promise.reject(new Error('no net'));
    await under.repair();
    expect(under.atTwilio()).toEqual(set);
  });
});

describe('repairing', () => {
  it('says first what it overwrites, and overwrites nothing else', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.inConsole({ voiceUrl: 'https://else.example/' });
    const plan = await under.service.planRepair(sid);
    expect(plan).toMatchObject({
      number: businessNumber,
      changes: [{ setting: 'voiceUrl', now: 'https://else.example/', patchbay: set.voiceUrl }],
    });
    under.inConsole({ voiceUrl: 'https://third.example/' });
    const request = { sid, token: plan.token };
    await expect(under.service.repair(request)).rejects.toEqual(says('changed since you looked'));
    expect(under.atTwilio().voiceUrl).toBe('https://third.example/');
    under.publishNet = async () => {
      under.inConsole({ voiceUrl: 'https://fourth.example/' });
      return netUrl;
    };
    await expect(under.repair()).rejects.toEqual(says('changed since you looked'));
    expect(under.atTwilio().voiceUrl).toBe('https://fourth.example/');
  });
});

describe('the desk gives an attached number to another workflow', () => {
  it('is followed, and Twilio is told nothing', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.desk = compileDesk(parseDeskFile(deskYaml.replace('id: reception', 'id: evening')).desk);
    expect(under.service.warnings()).toEqual([]);
    await under.service.repoint();
    expect(under.rows.get(sid)).toMatchObject({ workflowId: 'evening', state: 'attached', before });
    expect(under.twilio.account.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('another public address', () => {
  it('is followed by what is Patchbay’s, and drift stays drift', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.inConsole({ statusCallback: 'https://else.example/' });
    const asked = () => under.twilio.account.requests.length;
    const atFirst = asked();
    under.origin = null;
    await under.service.repoint();
    under.origin = 'https://one.example';
    await under.service.repoint();
    expect(asked()).toBe(atFirst);
    under.origin = 'https://two.example';
    await under.service.repoint();
    const two = addressesAt('https://two.example');
    expect(under.atTwilio()).toEqual({
      ...set,
      voiceUrl: two.voiceUrl,
      statusCallback: 'https://else.example/',
    });
    const [number] = await under.service.list();
    expect(number?.attachment?.drift).toEqual([
      { setting: 'statusCallback', now: 'https://else.example/', patchbay: two.statusCallback },
    ]);
  });

  it('is followed by the other numbers when it is the net’s', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    const second = under.twilio.account.own('+14165550177');
    under.desk = compileDesk(
      parseDeskFile(`${deskYaml}  - { id: evening, name: Evening, number: "+14165550177", integration: desk, greeting: Hello,
      prompt: Talk, model: "rehearsal:keywords" }\n`).desk,
    );
    const movedNet = 'https://patchbay-new.twil.io/answer';
    under.publishNet = async () => movedNet;
    const { token, changes } = await under.service.planAttach(second.sid, 'evening');
    expect(changes).toContainEqual({ setting: 'voiceFallbackUrl', now: '', patchbay: netUrl });
    await under.service.attach({ sid: second.sid, workflowId: 'evening', token }, () => {});
    await vi.waitFor(() => expect(under.atTwilio()).toEqual({ ...set, voiceFallbackUrl: movedNet }));
    await vi.waitFor(() => expect(under.rows.get(sid)?.earlier).toBeUndefined());
    // The net stays for the other one.
    expect((await under.service.planDetach(second.sid)).warnings).toEqual([]);
  });

  it('does not keep the net’s from being followed, and overwrites no drift', async () => {
    await using under = await NumbersUnderTest.start({}, { realNet: true });
    await under.attach();
    await under.twilio.rest.ask((client) => client.serverless.v1.services('patchbay-net').remove());
    under.inConsole({ voiceUrl: 'https://else.example/' });
    const old = under.atTwilio().voiceFallbackUrl;
    under.origin = null;
    await under.net?.publish(() => {});
    expect(under.net?.publishedUrl()).not.toBe(old);
    expect(under.service.warnings().join()).toContain('still leads to an address from before');
    await under.settle();
    await vi.waitFor(() => expect(under.atTwilio().voiceFallbackUrl).toBe(under.net?.publishedUrl()));
    expect(under.atTwilio().voiceUrl).toBe('https://else.example/');
    await under.service.look();
    expect(under.service.warnings()).toEqual([expect.stringContaining('was changed at Twilio')]);
  });

  it('says that calls still go elsewhere while Twilio can’t be told', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.origin = 'https://two.example';
    under.twilio.account.fail({ method: 'POST' }, { status: 403, code: 20003 });
    await under.service.repoint();
    expect(under.service.warnings()).toEqual([
      expect.stringMatching(/^\+14165550100 still leads to an address from before: Twilio does not accept/),
    ]);
    under.twilio.account.stopFailing();
    await under.service.look();
    expect(under.service.warnings()).toEqual([]);
    expect(under.atTwilio()).toMatchObject(addressesAt('https://two.example'));
  });
});
