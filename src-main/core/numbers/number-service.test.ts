import { describe, expect, it, vi } from 'vitest';
import { compileDesk } from '../desk/desk-service.ts';
import { parseDeskFile } from '../desk/parse-desk-file.ts';
import { ProblemError } from '../errors.ts';
import { connectionOverrides, wantedConfig } from './number-config.ts';
import { netPlaceholder } from './number-words.ts';
import { before, businessNumber, deskYaml, NumbersUnderTest, netUrl, sid } from './numbers-under-test.ts';

const set = wantedConfig('https://one.example', netUrl);
const says = (text: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ says: expect.stringContaining(text) }) });

describe('attaching a number', () => {
  it('says what would be changed, changes just that in one request, and shows it attached', async () => {
    await using under = await NumbersUnderTest.start();
    const plan = await under.service.planAttach(sid, 'reception');
    expect(plan.changes).toEqual([
      {
        setting: 'voiceUrl',
        now: before.voiceUrl,
        patchbay: `https://one.example/twilio/voice${connectionOverrides}`,
      },
      { setting: 'voiceMethod', now: 'GET', patchbay: 'POST' },
      { setting: 'voiceFallbackUrl', now: '', patchbay: netPlaceholder },
      {
        setting: 'statusCallback',
        now: before.statusCallback,
        patchbay: 'https://one.example/twilio/status',
      },
      { setting: 'statusCallbackMethod', now: 'GET', patchbay: 'POST' },
      { setting: 'voiceApplicationSid', now: before.voiceApplicationSid, patchbay: '' },
    ]);
    expect(plan.warnings).toEqual([expect.stringContaining('The TwiML application AP')]);
    expect(under.atTwilio()).toEqual(before);

    const steps: string[] = [];
    const request = { sid, workflowId: 'reception', token: plan.token };
    const attached = await under.service.attach(request, (step) => steps.push(step));
    expect(under.atTwilio()).toEqual(set);
    const updates = under.twilio.account.requests.filter(({ method }) => method === 'POST');
    expect(updates.map(({ params }) => Object.keys(params).toSorted())).toEqual([
      [
        'StatusCallback',
        'StatusCallbackMethod',
        'VoiceApplicationSid',
        'VoiceFallbackUrl',
        'VoiceMethod',
        'VoiceUrl',
      ],
    ]);
    expect(attached).toMatchObject({
      number: businessNumber,
      voice: true,
      config: set,
      attachment: { workflowId: 'reception', state: 'attached', drift: [], problem: null },
    });
    expect(steps).toContain('The net is published.');
    expect(steps.at(-1)).toContain('is attached');
    expect(await under.service.list()).toEqual([attached]);
    expect(under.service.warnings()).toEqual([]);
  });

  it('writes down what it is about to do before the net is published and before Twilio is told', async () => {
    await using under = await NumbersUnderTest.start();
    under.publishNet = async () => {
      expect(under.rows.get(sid)).toMatchObject({ state: 'attaching', before });
      expect(under.atTwilio()).toEqual(before);
      expect((await under.service.list())[0]?.attachment).toMatchObject({
        state: 'attaching',
        problem: null,
      });
      return netUrl;
    };
    await under.attach();
    expect(under.rows.get(sid)?.state).toBe('attached');
  });

  it('changes nothing when the number changed since it was looked at', async () => {
    await using under = await NumbersUnderTest.start();
    const { token } = await under.service.planAttach(sid, 'reception');
    under.inConsole({ voiceUrl: 'https://else.example/' });
    const refused = under.service.attach({ sid, workflowId: 'reception', token }, () => {});
    await expect(refused).rejects.toEqual(says('changed since you looked'));
    expect(under.atTwilio()).toEqual({ ...before, voiceUrl: 'https://else.example/' });
    expect(under.rows.list()).toEqual([]);
  });

  it('overwrites nothing that someone set while the net was published', async () => {
    await using under = await NumbersUnderTest.start();
    under.publishNet = async () => {
      under.inConsole({ voiceUrl: 'https://else.example/' });
      return netUrl;
    };
    await expect(under.attach()).rejects.toEqual(says('changed since you looked'));
    expect(under.atTwilio()).toEqual({ ...before, voiceUrl: 'https://else.example/' });
    expect(under.rows.list()).toEqual([]);
  });

  it('leaves the number alone when the net can’t be published, or Twilio refuses', async () => {
    await using under = await NumbersUnderTest.start();
    const noNet = new ProblemError({ code: null, status: null, says: 'No net.', remedy: '', link: null });
    under.publishNet = () => Promise.reject(noNet);
    await expect(under.attach()).rejects.toBe(noNet);
    expect(under.rows.list()).toEqual([]);
    under.publishNet = async () => netUrl;
    under.twilio.account.fail({ method: 'POST' }, { status: 400, code: 21502 });
    await expect(under.attach()).rejects.toMatchObject({ code: 21502 });
    expect(under.rows.list()).toEqual([]);
    expect(under.atTwilio()).toEqual(before);
    expect(under.service.warnings()).toEqual([]);
  });

  it('refuses what can’t work, with what mends it', async () => {
    await using under = await NumbersUnderTest.start();
    const { service, twilio } = under;
    await expect(service.planAttach(sid, 'nobody')).rejects.toEqual(says('no workflow “nobody”'));
    await expect(service.planAttach(`PN${'0'.repeat(32)}`, 'reception')).rejects.toEqual(
      says('no such number'),
    );
    const other = twilio.account.own('+14165550177');
    await expect(service.planAttach(other.sid, 'reception')).rejects.toEqual(
      says(`answers ${businessNumber} by the desk, not +14165550177`),
    );
    under.inConsole({ capabilities: { voice: false, sms: true, mms: false, fax: false } });
    await expect(service.planAttach(sid, 'reception')).rejects.toEqual(says('can’t take voice calls'));
    under.inConsole({ capabilities: { voice: true, sms: true, mms: false, fax: false } });
    under.origin = null;
    await expect(service.planAttach(sid, 'reception')).rejects.toEqual(says('No public address is proven'));
    await expect(service.planDetach(sid)).rejects.toEqual(says('is not attached'));
    await expect(service.planRepair(sid)).rejects.toEqual(says('is not attached'));
    await expect(service.repair({ sid, token: '' })).rejects.toEqual(says('is not attached'));
    under.origin = 'https://one.example';
    await under.attach();
    await expect(service.planAttach(sid, 'reception')).rejects.toEqual(says('is attached to the workflow'));
  });

  it('warns of what is there now and of what the account can’t do', async () => {
    await using under = await NumbersUnderTest.start({ voiceApplicationSid: '' });
    const warnings = async () => (await under.service.planAttach(sid, 'reception')).warnings.join(' ');
    expect(await warnings()).toContain(before.voiceUrl);
    under.inConsole({ voiceUrl: 'https://demo.twilio.com/welcome/voice/' });
    expect(await warnings()).toBe('');
    under.inConsole({ trunkSid: 'TK0123456789abcdef0123456789abcdef' });
    expect(await warnings()).toContain('SIP trunk TK');
    under.inConsole({ trunkSid: '', voiceUrl: 'https://one.example/twilio/voice' });
    expect(await warnings()).toContain('leads to Patchbay already');
    const concurrency = { calls: 5, why: 'So it is.' };
    under.account = { ...under.account, type: 'Trial', status: 'suspended', concurrency };
    expect(await warnings()).toMatch(/account is suspended.*trial account.*5 calls at once. So it is./);
  });

  it('attaches a number once, however often it is asked to at the same time', async () => {
    await using under = await NumbersUnderTest.start();
    const { token } = await under.service.planAttach(sid, 'reception');
    const attach = () => under.service.attach({ sid, workflowId: 'reception', token }, () => {});
    const both = await Promise.allSettled([attach(), attach()]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(under.twilio.account.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(under.rows.get(sid)?.before).toEqual(before);
  });
});

describe('detaching a number', () => {
  it('puts back exactly what was there, and says so first', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    const plan = await under.service.planDetach(sid);
    expect(plan.warnings).toEqual([expect.stringContaining('“patchbay-net”) is removed too')]);
    expect(
      Object.fromEntries(plan.changes.map(({ setting, patchbay }) => [setting, patchbay])),
    ).toMatchObject({
      voiceUrl: before.voiceUrl,
      voiceFallbackUrl: '',
      voiceApplicationSid: before.voiceApplicationSid,
    });
    const detached = await under.service.detach({ sid, token: plan.token }, () => {});
    expect(detached).toMatchObject({ config: before, attachment: null });
    expect(under.atTwilio()).toEqual(before);
    expect(under.rows.list()).toEqual([]);
  });

  it('leaves what someone changed meanwhile, and names it', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.inConsole({ statusCallback: 'https://else.example/' });
    const { warnings } = await under.service.planDetach(sid);
    expect(warnings.slice(0, -1)).toEqual([
      expect.stringMatching(/status callback.*https:\/\/else\.example\/.*stays/),
    ]);
    const steps = await under.detach();
    expect(steps).toContain(warnings[0]);
    expect(under.atTwilio()).toEqual({ ...before, statusCallback: 'https://else.example/' });
  });

  it('does nothing when the number changed since it was looked at', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    const { token } = await under.service.planDetach(sid);
    under.inConsole({ voiceUrl: 'https://else.example/' });
    await expect(under.service.detach({ sid, token }, () => {})).rejects.toEqual(says('changed since'));
    expect(under.rows.get(sid)?.state).toBe('attached');
  });

  it('forgets a number that is no longer in the account', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.twilio.account.numbers.pop();
    await under.service.look();
    expect(under.notices.join()).toContain('no longer in the Twilio account');
    expect(under.service.warnings().join()).toContain('no longer in the Twilio account');
    expect(await under.service.list()).toMatchObject([{ sid, attachment: { state: 'attached' } }]);
    expect((await under.service.planDetach(sid)).warnings.join()).toContain('only forgets it');
    const steps = await under.detach();
    expect(steps.join()).toContain('has forgotten it');
    expect(under.rows.list()).toEqual([]);
  });

  it('stays attached, and says what to do, when Twilio refuses what was there before', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.twilio.account.fail({ method: 'POST' }, { status: 400, code: 21451 });
    await expect(under.detach()).rejects.toEqual(says('stays attached'));
    expect(under.rows.get(sid)?.state).toBe('attached');
    expect(under.atTwilio()).toEqual(set);
    expect(under.service.warnings().join()).toContain('Set the number in the Console');
    // As the remedy says: what is set in the Console stays.
    under.inConsole({ ...before, voiceApplicationSid: '', voiceUrl: 'https://mine.example/' });
    under.twilio.account.stopFailing();
    await under.detach();
    expect(under.atTwilio()).toMatchObject({ voiceUrl: 'https://mine.example/' });
    expect(under.rows.list()).toEqual([]);
  });
});

describe('a long list of numbers', () => {
  it('is read to the end', async () => {
    await using under = await NumbersUnderTest.start();
    for (let last = 1000; last < 1450; last += 1) under.twilio.account.own(`+1416557${last}`);
    const listed = await under.service.list();
    expect(new Set(listed.map(({ number }) => number)).size).toBe(451);
  });
});

describe('what was interrupted', () => {
  const begun = {
    sid,
    number: businessNumber,
    workflowId: 'reception',
    since: 1,
    before,
    set,
    seen: before,
    seenAt: 1,
    problem: null,
  };

  it('is finished at the start, with the net that is there then', async () => {
    await using under = await NumbersUnderTest.start({
      ...set,
      voiceMethod: 'POST',
      voiceFallbackMethod: 'POST',
      statusCallbackMethod: 'POST',
    });
    under.publishNet = async () => 'https://patchbay-new.twil.io/answer';
    under.rows.put({ ...begun, accountSid: under.account.accountSid, state: 'attaching' });
    expect(under.service.warnings().join()).toContain('is not finished: Patchbay was stopped');
    expect((await under.service.list())[0]?.attachment).toMatchObject({
      state: 'attaching',
      problem: 'Patchbay was stopped in the middle of it.',
    });
    under.service.start();
    await vi.waitFor(() => expect(under.rows.get(sid)?.state).toBe('attached'));
    expect(under.atTwilio().voiceFallbackUrl).toBe('https://patchbay-new.twil.io/answer');
    expect(under.notices).toEqual([expect.stringContaining('is attached')]);
  });

  it('is finished when the operator goes on with it', async () => {
    await using under = await NumbersUnderTest.start();
    under.rows.put({ ...begun, accountSid: under.account.accountSid, state: 'detaching' });
    await under.attach();
    expect(under.rows.get(sid)).toMatchObject({ state: 'attached', before });
    under.rows.put({ ...begun, accountSid: under.account.accountSid, state: 'detaching' });
    under.twilio.account.fail({}, { status: 403, code: 20003 });
    await expect(under.service.planAttach(sid, 'reception')).rejects.toEqual(
      says('begun and is not finished'),
    );
  });

  it('is left alone, and named, while another account is connected', async () => {
    await using under = await NumbersUnderTest.start();
    under.rows.put({ ...begun, accountSid: 'ACother', state: 'attaching' });
    await under.service.look();
    expect(under.rows.get(sid)?.state).toBe('attaching');
    expect(under.twilio.account.requests).toEqual([]);
    expect(under.service.warnings()).toEqual([
      expect.stringContaining('belongs to the Twilio account ACother'),
    ]);
    expect(await under.service.list()).toMatchObject([{ sid, attachment: null }]);
    await expect(under.service.planAttach(sid, 'reception')).rejects.toEqual(says('still attached'));
  });

  it('touches nothing that was changed at Twilio before it was told anything', async () => {
    const changed = { ...before, voiceFallbackUrl: '', voiceMethod: 'POST' as const };
    await using under = await NumbersUnderTest.start(changed);
    const pending = wantedConfig('https://one.example', '');
    const accountSid = under.account.accountSid;
    const was = { ...before, voiceFallbackUrl: 'https://old.example/fallback' };
    under.rows.put({ ...begun, accountSid, before: was, set: pending, state: 'attaching' });
    await under.service.look();
    expect(under.rows.list()).toEqual([]);
    expect(under.atTwilio()).toEqual(changed);
    expect(under.notices).toEqual([expect.stringContaining('What someone changed meanwhile stays')]);
  });

  it('warns when the desk no longer answers an attached number', async () => {
    await using under = await NumbersUnderTest.start();
    await under.attach();
    under.desk = compileDesk(parseDeskFile('patchbay: 1\n').desk);
    expect(under.service.warnings()).toEqual([expect.stringContaining('is no longer in the desk')]);
    under.desk = compileDesk(parseDeskFile(deskYaml.replace(`"${businessNumber}"`, '"+14165550177"')).desk);
    expect(under.service.warnings()).toEqual([expect.stringContaining('has the number +14165550177 now')]);
  });
});
