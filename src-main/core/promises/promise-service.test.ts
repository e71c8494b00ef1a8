import { describe, expect, it } from 'vitest';
import { TwilioRequestError } from '../errors.ts';
import {
  businessNumber,
  caller,
  callId,
  callOf,
  minuteMs,
  plain,
  promised,
  testPromises,
} from './test-support/tested-promises.ts';

describe('a promise', () => {
  it('is told by text, with a case number and a time where the operator works, and is on the list', async () => {
    await using under = await testPromises();
    expect(await under.promises.make(callOf(callId))).toBe(true);
    const [text] = under.twilio.account.texts;
    expect(plain(text?.body ?? '')).toBe(
      'Sorry that nobody could pick up. Your case number is ABCD1234; we call you back by 2:30 PM EST.',
    );
    expect(text).toMatchObject({ from: businessNumber, to: caller });
    const [promise] = under.promises.list(10);
    expect(promise).toMatchObject({
      callId,
      number: caller,
      contactName: 'Corner Bakery',
      reason: 'The boiler is cold',
      caseNumber: 'ABCD1234',
      state: 'open',
      textProblem: null,
    });
    expect(under.promises.ofCall(callId)).toEqual(promise);
    expect(under.promises.ofCall('another')).toBeNull();
    expect(under.facts.map(({ fact }) => fact.type)).toEqual(['promise.made', 'promise.text-sent']);
    expect(under.notices).toEqual([
      { title: 'Call back Corner Bakery by 2:30 PM EST', body: 'The boiler is cold · Case ABCD1234' },
    ]);
  });

  it('is made once a call, however often it is asked for, restarts included', async () => {
    await using under = await testPromises();
    const call = callOf(callId);
    await Promise.all([under.promises.make(call), under.promises.make(call)]);
    under.restart();
    const told = { ...call, promise: { caseNumber: 'ABCD1234', dueAt: 0, told: true } };
    expect(await under.promises.make(told)).toBe(true);
    expect(under.twilio.account.texts).toHaveLength(1);
    expect(under.promises.list(10)).toHaveLength(1);
  });

  it('stays on the list when the text fails, and says why in plain words', async () => {
    await using under = await testPromises();
    under.twilio.account.refusedTexts.set(caller, 21610);
    expect(await under.promises.make(callOf(callId))).toBe(false);
    expect(under.promises.list(10)[0]?.textProblem).toMatch(/no more texts.* call instead/);
    expect(under.facts.map(({ fact }) => fact.type)).toEqual(['promise.made', 'promise.text-failed']);
    expect(under.notices).toEqual([
      {
        title: 'Call back Corner Bakery by 2:30 PM EST',
        body: 'The text did not go out. · The boiler is cold · Case ABCD1234',
      },
    ]);
  });

  it('says so when Twilio may have the text, but its answer was lost', async () => {
    const send = () =>
      Promise.reject(
        new TwilioRequestError('reset', { retryable: true, kind: 'unreachable', uncertain: true }),
      );
    await using under = await testPromises({}, { texts: { send } });
    expect(await under.promises.make(callOf(callId))).toBe(false);
    expect(under.promises.list(10)[0]?.textProblem).toContain('may have done what was asked all the same');
    expect(under.notices[0]?.body).toContain('It is not known whether the text went out.');
  });

  it('does not pass for told when Patchbay stopped while the text was under way, and is not texted again', async () => {
    let sent = 0;
    const send = () => {
      sent += 1;
      return new Promise<never>(() => {});
    };
    await using under = await testPromises({}, { texts: { send } });
    void under.promises.make(callOf(callId));
    await expect.poll(() => sent).toBe(1);
    under.restart();
    await expect.poll(() => under.notices.length).toBe(1);
    expect(under.promises.list(10)[0]?.textProblem).toContain('not known whether it went out');
    expect(under.facts.at(-1)).toMatchObject({ callId, fact: { type: 'promise.text-failed' } });
    expect(under.notices[0]).toMatchObject({
      title: 'Call back Corner Bakery by 2:30 PM EST',
      body: expect.stringContaining('It is not known whether the text went out.'),
    });
    under.restart();
    const untold = { ...callOf(callId), promise: { caseNumber: 'ABCD1234', dueAt: 0, told: false } };
    expect(await under.promises.make(untold)).toBe(false);
    expect([sent, under.notices.length]).toEqual([1, 1]);
  });

  it('is not made to a caller without a number', async () => {
    await using under = await testPromises();
    expect(await under.promises.make(callOf(callId, { from: null }))).toBe(false);
    expect(under.promises.list(10)).toEqual([]);
  });

  it('breaks with its time, and the operator is told once', async () => {
    await using under = await testPromises();
    await promised(under);
    await under.time.advance(30 * 60 + 1);
    expect(under.promises.counts(0)).toEqual({ open: 0, kept: 0, late: 0, broken: 1 });
    under.promises.remind();
    under.restart();
    under.promises.remind();
    expect(under.notices.slice(1).map(({ title }) => title)).toEqual([
      'Corner Bakery still waits for your call',
    ]);
  });

  it('is kept when the caller reaches a person after all, in another call or in the same', async () => {
    for (const id of ['b', callId]) {
      await using under = await testPromises();
      await promised(under);
      under.reachedPerson(callOf(id));
      await expect
        .poll(() => under.promises.ofCall(callId))
        .toMatchObject({ state: 'kept', endedBy: 'caller-called' });
      expect(under.facts.at(-1)).toEqual({ callId, fact: { type: 'promise.ended', by: 'caller-called' } });
    }
  });

  it('stays open when somebody else is reached: another caller’s person, or another integration’s', async () => {
    await using under = await testPromises();
    await promised(under);
    under.reachedPerson(callOf('b', { from: '+14165550177' }));
    under.reachedPerson(callOf('c', { from: null }));
    under.reachedPerson(callOf('d', { integrationId: 'bakery' }));
    expect(under.promises.list(10)).toMatchObject([{ state: 'open' }]);
  });

  it('is kept late after its time, and counts as that', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    await under.time.advance((30 * minuteMs) / 1000 + 1);
    expect(await under.promises.mark(id)).toMatchObject({ state: 'late', endedBy: 'marked' });
    expect(under.promises.counts(0)).toEqual({ open: 0, kept: 0, late: 1, broken: 0 });
    expect(under.promises.counts(Date.UTC(2026, 10, 26))).toEqual({ open: 0, kept: 0, late: 0, broken: 0 });
  });

  it('ends once: the first end counts, and is in the log once', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    under.reachedPerson(callOf('b'));
    await Promise.all([under.promises.mark(id), under.promises.mark(id)]);
    expect(under.promises.list(10)).toMatchObject([{ endedBy: 'caller-called' }]);
    expect(under.facts.filter(({ fact }) => fact.type === 'promise.ended')).toHaveLength(1);
  });
});
