import { describe, expect, it } from 'vitest';
import type { CallScript } from '../../rehearsal/rest/call-scripts.ts';
import { ProblemError } from '../errors.ts';
import { UnknownPromiseError } from './promise-service.ts';
import {
  businessNumber,
  caller,
  callOf,
  person,
  promised,
  staticNumber,
  testPromises,
} from './test-support/tested-promises.ts';

const nothing = () => {};

describe('calling back', () => {
  it('rings the operator, then the caller, who sees the number that they had called', async () => {
    await using under = await testPromises({ [staticNumber]: person, [caller]: person });
    const { id } = await promised(under);
    const steps: string[] = [];
    const { reached, promise } = await under.promises.callBack(id, undefined, (says) => steps.push(says));
    expect(reached).toBe(true);
    expect(promise).toMatchObject({ state: 'kept', endedBy: 'called-back', attempts: 1 });
    expect(steps).toEqual([
      `Twilio rings ${staticNumber}.`,
      `${staticNumber} pressed a key: now ${caller} is rung.`,
      `${caller} picked up: you are connected.`,
    ]);
    const [call] = under.twilio.account.calls.placed;
    expect(call?.order).toMatchObject({ to: staticNumber, from: businessNumber });
    expect(call?.order.document).toMatchObject({ twiml: expect.stringContaining('Corner Bakery back') });
    expect(call?.run?.rung).toMatchObject([{ number: caller, callerId: businessNumber }]);
    // Twilio tells of the conversation once more when it is over.
    await under.time.advance(4 * 60 * 60);
    await call?.run?.ended;
    expect(under.facts.filter(({ fact }) => fact.type === 'promise.ended')).toHaveLength(1);
  });

  it.each<[string, CallScript, CallScript, string, number]>([
    [
      'the operator does not pick up',
      { kind: 'no-answer' },
      person,
      `${staticNumber} did not pick up: the caller was not rung.`,
      0,
    ],
    [
      'the operator is busy',
      { kind: 'busy' },
      person,
      `${staticNumber} is busy: the caller was not rung.`,
      0,
    ],
    [
      'a voicemail picks up',
      { kind: 'voicemail', afterSeconds: 5 },
      person,
      `${staticNumber} picked up, and no key was pressed: the caller was not rung.`,
      0,
    ],
    [
      'Twilio can’t ring the operator',
      { kind: 'failed', code: 13225 },
      person,
      `${staticNumber} could not be rung (failed): the caller was not rung.`,
      0,
    ],
    ['the caller does not pick up', person, { kind: 'no-answer' }, `${caller} did not pick up.`, 1],
    ['the caller is busy', person, { kind: 'busy' }, `${caller} is busy.`, 1],
  ])('leaves the promise open when %s', async (_, operatorDoes, callerDoes, says, callersRung) => {
    await using under = await testPromises({ [staticNumber]: operatorDoes, [caller]: callerDoes });
    const { id } = await promised(under);
    const end = await under.promises.callBack(id, undefined, nothing);
    expect(end).toMatchObject({ reached: false, says, promise: { state: 'open', attempts: 1 } });
    expect(under.twilio.account.calls.placed.flatMap(({ run }) => run?.rung ?? [])).toHaveLength(callersRung);
  });

  it('ends when the operator hangs up while the caller rings', async () => {
    const callerDoes: CallScript = { kind: 'person', afterSeconds: 25 };
    await using under = await testPromises({ [staticNumber]: person, [caller]: callerDoes });
    const { id } = await promised(under);
    void under.time.sleep(15).then(() => under.twilio.account.calls.placed[0]?.hangUp());
    expect(await under.promises.callBack(id, undefined, nothing)).toMatchObject({
      reached: false,
      says: `You hung up before ${caller} picked up.`,
      promise: { state: 'open' },
    });
  });

  it('rings the phone that the operator names, and twice asked for rings once', async () => {
    const mobile = '+14165550042';
    await using under = await testPromises({ [mobile]: person, [caller]: person });
    const { id } = await promised(under);
    const both = await Promise.all([
      under.promises.callBack(id, mobile, nothing),
      under.promises.callBack(id, mobile, nothing),
    ]);
    expect(both.map(({ reached }) => reached)).toEqual([true, true]);
    expect(under.twilio.account.calls.placed.map(({ order }) => order.to)).toEqual([mobile]);
  });

  it('keeps all that the caller was promised, and nobody else’s', async () => {
    await using under = await testPromises({ [staticNumber]: person, [caller]: person });
    const { id } = await promised(under);
    await under.promises.make(callOf('b'));
    await under.promises.make(callOf('c', { from: '+14165550177' }));
    await under.promises.make(callOf('d', { integrationId: 'bakery' }));
    expect((await under.promises.callBack(id, undefined, nothing)).reached).toBe(true);
    expect(under.promises.counts(0)).toEqual({ open: 2, kept: 2, late: 0, broken: 0 });
    expect(under.promises.ofCall('b')).toMatchObject({ state: 'kept', endedBy: 'called-back' });
  });

  it('can be tried again, each time on its own', async () => {
    await using under = await testPromises({ [staticNumber]: { kind: 'no-answer' }, [caller]: person });
    const { id } = await promised(under);
    expect((await under.promises.callBack(id, undefined, nothing)).reached).toBe(false);
    under.twilio.account.callScripts.set(staticNumber, person);
    expect(await under.promises.callBack(id, undefined, nothing)).toMatchObject({
      reached: true,
      promise: { attempts: 2, state: 'kept' },
    });
  });

  it('says what stands in the way', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    under.reachable.origin = null;
    await expect(under.promises.callBack(id, undefined, nothing)).rejects.toThrow(/no way to Patchbay/);
    await expect(under.promises.callBack(id, caller, nothing)).rejects.toThrow(/own number/);
    await expect(under.promises.callBack(id, businessNumber, nothing)).rejects.toThrow(/itself answers/);
    await under.promises.mark(id);
    await expect(under.promises.callBack(id, undefined, nothing)).rejects.toThrow(ProblemError);
    expect(() => under.promises.callBack('none', undefined, nothing)).toThrow(UnknownPromiseError);
    expect(under.twilio.account.calls.placed).toEqual([]);
  });
});

describe('when webhooks are lost, or Patchbay restarts', () => {
  it('counts the conversation once it is over, though nobody told that it had begun', async () => {
    await using under = await testPromises({ [staticNumber]: person, [caller]: person });
    under.lost.add('leg');
    const { id } = await promised(under);
    const { reached } = await under.promises.callBack(id, undefined, nothing);
    expect(reached).toBe(true);
    expect(under.promises.list(10)).toMatchObject([{ state: 'kept', endedBy: 'called-back' }]);
  });

  it('does not guess when neither is told, and says how to go on', async () => {
    await using under = await testPromises({ [staticNumber]: person, [caller]: person });
    under.lost.add('leg').add('dial');
    const { id } = await promised(under);
    const end = await under.promises.callBack(id, undefined, nothing);
    expect(end).toMatchObject({ reached: false, promise: { state: 'open' } });
    expect(end.says).toMatch(/not learned.*mark the promise/);
  });

  it('still counts a conversation that ends after the attempt, or after a restart', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    under.restart();
    expect(under.promises.dialEnded(`${id}.1`, 'answered')).toContain('<Hangup/>');
    await expect.poll(() => under.promises.list(10)[0]).toMatchObject({ endedBy: 'called-back' });
  });

  it('goes on with the operator who presses a key after a restart', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    under.restart();
    expect(under.promises.keyPressed(`${id}.1`, '1')).toMatch(
      new RegExp(`callerId="\\${businessNumber}".*/twilio/callbacks/${id}\\.1/leg.*\\${caller}`),
    );
    expect(under.promises.dialEnded(`${id}.1`, 'no-answer')).toContain('Nobody picked up there');
    under.promises.callerLeg(`${id}.1`, 'ringing');
    expect(under.promises.list(10)).toMatchObject([{ state: 'open' }]);
    under.promises.callerLeg(`${id}.1`, 'in-progress');
    await expect.poll(() => under.promises.list(10)[0]).toMatchObject({ state: 'kept' });
  });

  it('ends the attempt when Patchbay stops, so that nobody waits for it', async () => {
    await using under = await testPromises({ [staticNumber]: { kind: 'no-answer' } });
    const { id } = await promised(under);
    const end = await under.promises.callBack(id, undefined, () => under.promises.stop());
    expect(end).toMatchObject({ reached: false, says: expect.stringContaining('Patchbay was stopped') });
  });

  it('rings nobody for a promise that is kept, or never was', async () => {
    await using under = await testPromises();
    const { id } = await promised(under);
    await under.promises.mark(id);
    for (const token of [`${id}.1`, 'unknown', '', '__proto__']) {
      expect(under.promises.keyPressed(token, '1')).toMatch(/over already.*<Hangup\/>/);
      expect(under.promises.dialEnded(token, 'answered')).toContain('<Hangup/>');
      expect(under.promises.dialEnded(token, 'busy')).toContain('<Hangup/>');
      under.promises.callerLeg(token, 'in-progress');
    }
    expect(under.promises.list(10)).toMatchObject([{ endedBy: 'marked' }]);
    expect(under.logger.lines).toEqual([]);
  });
});
