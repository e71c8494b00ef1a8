import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { lineTo, planOf, relayTwiml, startFake } from './test-fixtures/fake-patchbay.ts';

const text = (socket: WebSocket, token: string, last = true): void =>
  socket.send(JSON.stringify({ type: 'text', token, last }));

describe('a caller and the AI on the rehearsal line', () => {
  it('speaks over the AI and tells what was heard', async () => {
    const fake = await startFake({ '/twilio/voice': relayTwiml() }, (socket, message) => {
      if (message.type === 'prompt' && message.voicePrompt === 'Stop') socket.send('{"type":"end"}');
    });
    const call = lineTo(fake, { speed: 50 }).place(
      planOf([{ do: 'interrupt', afterWords: 2, words: 'Stop' }]),
    );
    expect((await call.ended).undone).toEqual([]);
    const interrupt = fake.messages.find(({ type }) => type === 'interrupt');
    expect(interrupt?.utteranceUntilInterrupt).toBe('Hello, how');
    expect(Number(interrupt?.durationUntilInterruptMs)).toBeGreaterThan(500);
    expect(fake.messages.map(({ type }) => type)).toEqual(['setup', 'interrupt', 'prompt']);
  });

  it('does not speak over an AI that may not be interrupted', async () => {
    const fake = await startFake(
      { '/twilio/voice': relayTwiml('welcomeGreetingInterruptible="none"') },
      (socket, message) => message.type === 'prompt' && socket.send('{"type":"end"}'),
    );
    const record = await lineTo(fake).place(planOf([{ do: 'interrupt', afterWords: 2, words: 'Stop' }]))
      .ended;
    expect(fake.messages.map(({ type }) => type)).toEqual(['setup', 'prompt']);
    expect(record.undone).toHaveLength(1);
  });

  it('ends a session that Patchbay has ended when the caller speaks over its last words', async () => {
    const fake = await startFake({ '/twilio/voice': relayTwiml() }, (socket, message) => {
      if (message.type !== 'prompt') return;
      text(socket, 'One moment, I will connect you with somebody right away, please stay on the line.');
      socket.send('{"type":"end"}');
    });
    const record = await lineTo(fake, { speed: 20 }).place(
      planOf([
        { do: 'say', words: 'Help' },
        { do: 'interrupt', afterWords: 3, words: 'Quick' },
      ]),
    ).ended;
    expect(record.undone).toEqual([]);
    expect(fake.messages.map(({ type }) => type)).toEqual(['setup', 'prompt', 'interrupt']);
    expect(fake.last('/after')?.params.SessionStatus).toBe('ended');
  });

  it('waits until the AI has finished before it speaks', async () => {
    let finishedAt = 0;
    let askedAt = 0;
    const fake = await startFake({ '/twilio/voice': relayTwiml() }, (socket, message) => {
      if (message.voicePrompt === 'One') {
        text(socket, 'Let me think ', false);
        setTimeout(() => {
          finishedAt = performance.now();
          text(socket, 'about it.');
        }, 80);
      }
      if (message.voicePrompt === 'Two') {
        askedAt = performance.now();
        socket.send('{"type":"end"}');
      }
    });
    const record = await lineTo(fake).place(
      planOf([
        { do: 'say', words: 'One' },
        { do: 'say', words: 'Two' },
      ]),
    ).ended;
    expect([...record.problems, ...record.undone]).toEqual([]);
    expect(finishedAt).toBeGreaterThan(0);
    expect(askedAt).toBeGreaterThan(finishedAt);
  });

  it('sends key presses, and none where the relay does not detect them', async () => {
    const press = async (attributes: string) => {
      const fake = await startFake(
        { '/twilio/voice': relayTwiml().replace('dtmfDetection="true"', attributes) },
        (socket, message) => message.type === 'dtmf' && socket.send('{"type":"end"}'),
      );
      await lineTo(fake).place(planOf([{ do: 'press', digits: '0' }, { do: 'hang-up' }])).ended;
      return fake.messages.filter(({ type }) => type === 'dtmf');
    };
    expect(await press('dtmfDetection="true"')).toEqual([{ type: 'dtmf', digit: '0' }]);
    expect(await press('')).toEqual([]);
  });

  it('reports a dropped WebSocket with 64105 and opens the one it is offered', async () => {
    const fake = await startFake(
      {
        '/twilio/voice': relayTwiml(),
        '/after': (request) =>
          request.params.ErrorCode === '64105' ? relayTwiml().replace('/after', '/after2') : '<Response/>',
      },
      (socket, message) => message.type === 'prompt' && socket.send('{"type":"end"}'),
    );
    const record = await lineTo(fake).place(
      planOf([{ do: 'drop-connection' }, { do: 'say', words: 'Still here' }]),
    ).ended;
    expect([...record.problems, ...record.undone]).toEqual([]);
    expect(fake.last('/after')?.params).toMatchObject({
      ErrorCode: '64105',
      SessionStatus: 'failed',
      CallStatus: 'in-progress',
    });
    expect(fake.last('/after2')?.params).toMatchObject({ SessionStatus: 'ended' });
    expect(fake.upgrades).toHaveLength(2);
  });

  it('reports a WebSocket that Patchbay closes, and one that never opens', async () => {
    const closing = await startFake({ '/twilio/voice': relayTwiml() }, (socket) => socket.close());
    await lineTo(closing).place(planOf()).ended;
    expect(closing.last('/after')?.params).toMatchObject({ ErrorCode: '64105', CallStatus: 'in-progress' });

    const deaf = await startFake({
      '/twilio/voice': `<Response><Connect action="/after"><ConversationRelay url="wss://elsewhere.example/x"/></Connect></Response>`,
    });
    const record = await lineTo(deaf).place(planOf()).ended;
    expect(record.error?.code).toBe(64102);
    expect(deaf.upgrades).toEqual([]);
  });
});
