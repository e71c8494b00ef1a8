import { describe, expect, it, vi } from 'vitest';
import { attributeOf } from '../../../e2e/fixtures/signed-requests.ts';
import {
  businessNumber,
  type CoreUnderTest,
  caller,
  deskYaml,
  startCore,
  staticNumber,
  TestCall,
} from '../test-support/core-under-test.ts';

const isEnd = (message: { type: string }) => message.type === 'end';

/** Twilio reports how a caller's call stands. */
function report(under: CoreUnderTest, CallSid: string, CallStatus = 'completed') {
  const fields = { CallSid, CallStatus, From: caller, To: businessNumber, CallDuration: '7' };
  return under.twilio.post('/twilio/status', fields);
}

/** A call that asked for a person and whose `<Connect action>` is being answered until `answerRoute`. */
async function leavingWhileDecided(under: CoreUnderTest) {
  const call = new TestCall(under, 'CA1');
  await call.ring();
  await call.connect();
  call.send({ type: 'dtmf', digit: '0' });
  await vi.waitFor(() => expect(call.factTypes()).toContain('transfer.requested'));
  const action = attributeOf(call.twiml, 'action');
  const fields = { ...call.fields, CallStatus: 'in-progress', SessionStatus: 'ended', SessionId: 'VX1' };
  return { call, answered: under.twilio.post(action, fields) };
}

const dynamic = ', dynamic: { webhook: "https://routes.example.com/now", timeoutMs: 5000 }';

describe('the status callback of a number', () => {
  it('ends a call at once whose caller hangs up while Twilio is being answered', async () => {
    const asked = Promise.withResolvers<{ status: number; headers: Record<string, string>; body: string }>();
    await using under = await startCore(deskYaml({ integration: dynamic }), {
      ports: { outbound: { postJson: () => asked.promise } },
    });
    const { call, answered } = await leavingWhileDecided(under);
    await vi.waitFor(() => expect(call.socket?.readyState).toBe(3));
    expect(await report(under, 'CA1')).toEqual({ status: 204, text: '' });
    expect(call.view().phase).not.toBe('ended');
    asked.resolve({ status: 200, headers: {}, body: '{"transferNumber":"+14165550002"}' });
    expect((await answered).text).toContain('+14165550002');
    await vi.waitFor(() => expect(call.view()).toMatchObject({ phase: 'ended', outcome: 'caller-hung-up' }));
    await report(under, 'CA1');
    expect(call.factTypes().filter((type) => type === 'ended')).toHaveLength(1);
    expect(under.core.openCalls()).toEqual([]);
  });

  it('leaves the end of a call to the report of its last step, in either order', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.send({ type: 'dtmf', digit: '0' });
    await call.until(isEnd);
    expect(await call.sessionEnded()).toContain(staticNumber);
    // The call's own end overtakes the dial's.
    expect((await report(under, 'CA1')).status).toBe(204);
    await call.dialEnded('completed', { CallStatus: 'completed', DialCallDuration: '42' });
    expect(call.view()).toMatchObject({ phase: 'ended', outcome: 'human-on-the-line' });
    const facts = call.factTypes();
    expect((await report(under, 'CA1')).status).toBe(204);
    expect(call.factTypes().filter((type) => type !== 'summarised')).toEqual(
      facts.filter((type) => type !== 'summarised'),
    );
  });

  it('changes nothing for a call that goes on, for an unknown one, and without a signature', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    expect((await report(under, 'CA1', 'in-progress')).status).toBe(204);
    expect((await report(under, 'CAunknown')).status).toBe(204);
    const unsigned = await fetch(`${under.webhookUrl}/twilio/status`, {
      method: 'POST',
      body: new URLSearchParams({ CallSid: 'CA1', CallStatus: 'completed' }),
    });
    expect(unsigned.status).toBe(403);
    expect((await under.twilio.post('/twilio/status', { CallStatus: 'completed' })).status).toBe(400);
    expect(call.view().phase).toBe('talking');
    expect(under.core.listCalls({ limit: 10 })).toHaveLength(1);
  });
});

describe('a key pressed in a test call', () => {
  it('reaches the destination’s test, and is no call', async () => {
    await using under = await startCore();
    const pressed = vi.spyOn(under.core.destinations, 'keyPressed').mockReturnValue('<Response/>');
    const path = '/twilio/destination-tests/some-token';
    expect(await under.twilio.post(path, { CallSid: 'CA9', Digits: '1' })).toEqual({
      status: 200,
      text: '<Response/>',
    });
    await under.twilio.post(path, { CallSid: 'CA9' });
    expect(pressed.mock.calls).toEqual([
      ['some-token', '1'],
      ['some-token', ''],
    ]);
    expect((await fetch(under.webhookUrl + path, { method: 'POST' })).status).toBe(403);
    expect(under.core.listCalls({ limit: 10 })).toEqual([]);
  });
});
