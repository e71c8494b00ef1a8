import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModel } from 'ai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelUnavailableError } from '../errors.ts';
import { systemClock } from '../ports.ts';
import { rehearsalModel } from './rehearsal-models.ts';
import { ReceptionistSession, type SessionOptions } from './session.ts';
import { FakeHost, FakeModel, quietLogger, type Step, stranger, workflow } from './test-support.ts';

const limits = { firstTokenMs: 80, silenceMs: 100, toolRounds: 3 };

function start(model: LanguageModel | (() => LanguageModel), changes: Partial<SessionOptions> = {}) {
  const host = new FakeHost(changes.purpose);
  const session = new ReceptionistSession({
    workflow: workflow(),
    purpose: 'conversation',
    mayTransfer: changes.purpose !== 'message',
    call: () => host.view,
    caller: stranger,
    host,
    model: typeof model === 'function' ? model : () => model,
    clock: systemClock,
    logger: quietLogger,
    limits,
    ...changes,
  });
  return { host, session };
}

const transfer: Step = {
  tool: 'transfer_to_human',
  args: { reason: 'wants a person', summary: 'A leak.', department: 'billing' },
};

describe('speaking', () => {
  it('speaks each token as it comes and records the words once', async () => {
    const { host, session } = start(new FakeModel(['Hello', ' there', '.']));
    await session.callerSaid('Hi');
    expect(host.spoken).toEqual([
      { token: 'Hello', last: false },
      { token: ' there', last: false },
      { token: '.', last: false },
      { token: '', last: true },
    ]);
    expect(host.facts).toEqual([
      { type: 'caller.said', text: 'Hi' },
      { type: 'ai.said', text: 'Hello there.' },
    ]);
    expect(host.handed).toEqual([]);
  });

  it('asks the model only when the caller’s words are on disk, and speaks without waiting for the disk', async () => {
    const model = new FakeModel(['One', ' two']);
    const { host, session } = start(model, { limits: { firstTokenMs: 500, silenceMs: 500 } });
    const disk = Promise.withResolvers<void>();
    host.disk = () => disk.promise;
    const done = session.callerSaid('Hi');
    await sleep(20);
    expect(model.requests).toHaveLength(0);
    disk.resolve();
    host.disk = () => new Promise(() => undefined); // the disk hangs from here on
    await sleep(30);
    expect(host.utterances).toEqual(['One two']);
    session.close();
    void done;
  });

  it('gives the model the conversation so far, the greeting included', async () => {
    const model = new FakeModel(['Sure.'], ['Bye.']);
    const { host, session } = start(model);
    await session.callerSaid('Hi');
    await session.callerSaid('Thanks');
    expect(model.requests[1]?.prompt.slice(1)).toEqual([
      { role: 'user', content: [{ type: 'text', text: '[The phone rings and you pick up.]' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Thanks for calling Harbour Plumbing.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Sure.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Thanks' }] },
    ]);
    expect(host.utterances).toEqual(['Sure.', 'Bye.']);
  });

  it('goes on answering when the disk refuses facts', async () => {
    const model = new FakeModel(['Hello.']);
    const { host, session } = start(model);
    host.disk = () => Promise.reject(new Error('disk full'));
    await session.callerSaid('Hi there');
    expect(host.utterances).toEqual(['Hello.']);
    expect(model.requests[0]?.prompt.at(-1)).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'Hi there' }],
    });
  });

  it('tells real models nothing of the rehearsal', async () => {
    const model = new FakeModel(['Hello.']);
    const { session } = start(model);
    await session.callerSaid('Hi');
    expect(model.requests[0]?.providerOptions).toBeUndefined();
  });

  it('hands a token on in well under 2 ms with 50 sessions at once', async () => {
    const delays: number[] = [];
    const runs = Array.from({ length: 50 }, () => {
      const steps: Step[] = Array.from({ length: 20 }, (_, i) => [{ wait: 1 }, `w${i} `] as Step[]).flat();
      const model = new FakeModel(steps);
      const stream = model.doStream.bind(model);
      const sent: number[] = [];
      model.doStream = async (request) => ({
        stream: (await stream(request)).stream.pipeThrough(
          new TransformStream({
            transform(part, controller) {
              if (part.type === 'text-delta') sent.push(performance.now());
              controller.enqueue(part);
            },
          }),
        ),
      });
      const { host, session } = start(model, { limits: { firstTokenMs: 4000, silenceMs: 5000 } });
      let heard = 0;
      host.speak = (token) => {
        if (token !== '') delays.push(performance.now() - (sent[heard++] ?? 0));
      };
      return session.callerSaid('Hi');
    });
    await Promise.all(runs);
    expect(delays).toHaveLength(1000);
    delays.sort((a, b) => a - b);
    expect(delays[500]).toBeLessThan(1);
    expect(delays[990]).toBeLessThan(5);
  });
});

describe('barge-in', () => {
  it('cuts the utterance at once, also when the model honours no abort', async () => {
    const { host, session } = start(new FakeModel(['We can', ' come', { wait: 40 }, ' on Monday.']));
    const done = session.callerSaid('When?');
    await sleep(15);
    await session.interrupted('We can', 300);
    await done;
    await sleep(50);
    expect(host.spoken.map(({ token }) => token)).toEqual(['We can', ' come']);
    expect(host.facts.slice(1)).toEqual([
      { type: 'ai.said', text: 'We can come' },
      { type: 'ai.interrupted', heard: 'We can', afterMs: 300 },
    ]);
  });

  it('aborts the model’s request', async () => {
    const model = new FakeModel(['We can', { wait: 40 }]);
    const { session } = start(model);
    void session.callerSaid('When?');
    await sleep(10);
    await session.interrupted('We', 10);
    expect(model.requests[0]?.abortSignal?.aborted).toBe(true);
  });

  it('records only the interruption when the utterance was complete', async () => {
    const { host, session } = start(new FakeModel(['We come on Monday.']));
    await session.callerSaid('When?');
    await session.interrupted('We come', 200);
    expect(host.types).toEqual(['caller.said', 'ai.said', 'ai.interrupted']);
    await session.interrupted('We come', 200);
    expect(host.types).toHaveLength(3);
  });

  it('cuts the greeting', async () => {
    const { host, session } = start(new FakeModel());
    await session.interrupted('Thanks', 100);
    expect(host.types).toEqual(['ai.interrupted']);
  });

  it('is harmless while the model still thinks', async () => {
    const { host, session } = start(new FakeModel([{ wait: 30 }, 'Hello.']));
    const done = session.callerSaid('Hi');
    await sleep(10);
    await session.interrupted('', 0);
    await done;
    expect(host.utterances).toEqual(['Hello.']);
    expect(host.types).toEqual(['caller.said', 'ai.said']);
  });

  it('starts the new answer when a second prompt arrives, and mixes nothing', async () => {
    const model = new FakeModel(['First', { wait: 30 }, ' answer.'], ['Second', ' answer.']);
    const { host, session } = start(model);
    const first = session.callerSaid('One');
    await sleep(10);
    await Promise.all([session.callerSaid('Two'), first]);
    await sleep(40);
    expect(host.utterances).toEqual(['First', 'Second answer.']);
    expect(host.facts).toEqual([
      { type: 'caller.said', text: 'One' },
      { type: 'ai.said', text: 'First' },
      { type: 'caller.said', text: 'Two' },
      { type: 'ai.said', text: 'Second answer.' },
    ]);
  });

  it('joins what the caller says in two prompts before an answer', async () => {
    const model = new FakeModel([{ wait: 30 }, 'Never said.'], ['Both.']);
    const { host, session } = start(model);
    const first = session.callerSaid('I need a plumber');
    await sleep(5);
    const second = session.callerSaid('for my kitchen');
    await Promise.all([first, second]);
    expect(host.utterances).toEqual(['Both.']);
    expect(model.requests.at(-1)?.prompt.at(-1)).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'I need a plumber\nfor my kitchen' }],
    });
  });

  it('does not execute a tool call that had not arrived completely', async () => {
    const { host, session } = start(
      new FakeModel([
        'Let me',
        { part: { type: 'tool-input-start', id: 't', toolName: 'transfer_to_human' } },
        { wait: 30 },
        transfer,
      ]),
    );
    const done = session.callerSaid('Hi');
    await sleep(10);
    await session.interrupted('Let', 10);
    await done;
    await sleep(40);
    expect(host.handed).toEqual([]);
  });

  it('leaves executed tools executed', async () => {
    const { host, session } = start(
      new FakeModel(['Noted.', { tool: 'save_field', args: { field: 'name', value: 'Jo' } }, { wait: 40 }]),
    );
    const done = session.callerSaid('I am Jo');
    await sleep(10);
    await session.interrupted('Noted', 10);
    await done;
    expect(host.view.form).toEqual({ name: 'Jo' });
    expect(host.types).toEqual(['caller.said', 'field.saved', 'ai.said', 'ai.interrupted']);
  });

  it('does not cancel a transfer already decided', async () => {
    const { host, session } = start(new FakeModel(['One moment.', transfer, { wait: 30 }]));
    const done = session.callerSaid('A person, please');
    await sleep(10);
    await session.interrupted('One', 10);
    await session.callerSaid('No, wait');
    await done;
    expect(host.types).toEqual(['caller.said', 'ai.said']);
    expect(host.transfers).toEqual([
      { cause: 'model', reason: 'wants a person', summary: 'A leak.', department: 'billing' },
    ]);
  });
});

describe('tools', () => {
  it('saves a field and goes on speaking in the same utterance', async () => {
    const model = new FakeModel(
      ['Thank you.', { tool: 'save_field', args: { field: 'day', value: '2027-03-04' } }],
      ['And your name?'],
    );
    const { host, session } = start(model);
    await session.callerSaid('March 4th 2027');
    expect(host.facts).toContainEqual({ type: 'field.saved', field: 'day', value: '2027-03-04' });
    expect(host.utterances).toEqual(['Thank you. And your name?']);
    expect(model.requests[1]?.prompt.slice(-2)).toMatchObject([
      { role: 'assistant', content: [{ type: 'text' }, { type: 'tool-call', input: { field: 'day' } }] },
      {
        role: 'tool',
        content: [{ output: { type: 'text', value: expect.stringContaining('Still missing: name') } }],
      },
    ]);
  });

  it('tells the model what was wrong with a value', async () => {
    const model = new FakeModel(
      [{ tool: 'save_field', args: { field: 'day', value: '03/04' } }],
      ['March or April?'],
    );
    const { host, session } = start(model);
    await session.callerSaid('03/04');
    expect(host.facts).toContainEqual({
      type: 'field.refused',
      field: 'day',
      value: '03/04',
      problem: expect.stringContaining('two ways'),
    });
    expect(model.requests[1]?.prompt.at(-1)).toMatchObject({
      content: [{ output: { value: expect.stringContaining('Not saved') } }],
    });
  });

  it.each([
    ['a space before it', ['Thanks.', ' Anything else?']],
    ['a space after it', ['Thanks. ', 'Anything else?']],
    ['spaces on both sides', ['Thanks. ', ' Anything else?']],
    ['no space', ['Thanks.', 'Anything else?']],
  ])('speaks one space around a tool call with %s', async (_, [before = '', after = '']) => {
    const save: Step = { tool: 'save_field', args: { field: 'name', value: 'Jo' } };
    const rounds = start(new FakeModel([before, save], [after]));
    await rounds.session.callerSaid('Jo');
    expect(rounds.host.utterances).toEqual(['Thanks. Anything else?']);
    const oneAnswer = start(new FakeModel([before, save, after], [' ']));
    await oneAnswer.session.callerSaid('Jo');
    expect(oneAnswer.host.utterances[0]?.trim()).toBe('Thanks. Anything else?');
  });

  it('hands over although the arguments of the transfer were cut short', async () => {
    const { host, session } = start(
      new FakeModel(['One moment.', { tool: 'transfer_to_human', raw: '{"reason": "wants a pers' }]),
    );
    await session.callerSaid('My kitchen is under water');
    expect(host.transfers).toEqual([
      {
        cause: 'model',
        reason: 'The caller said: “My kitchen is under water”',
        summary: expect.stringContaining('My kitchen is under water'),
        summaryBy: 'patchbay',
      },
    ]);
  });

  it.each([
    ['malformed JSON', { tool: 'save_field', raw: '{"field": ' }],
    ['JSON that is no object', { tool: 'save_field', raw: '[1]' }],
    ['a missing argument', { tool: 'save_field', args: { field: 'name' } }],
    ['an unknown field', { tool: 'save_field', args: { field: 'shoe', value: '42' } }],
    ['an unknown tool', { tool: 'fly', args: {} }],
  ] as [string, Step][])('tells the model about %s and asks again', async (_, step) => {
    const model = new FakeModel([step], ['Sorry, once more?']);
    const { host, session } = start(model);
    await session.callerSaid('Jo');
    expect(model.requests[1]?.prompt.at(-1)).toMatchObject({ content: [{ output: { type: 'error-text' } }] });
    expect(host.utterances).toEqual(['Sorry, once more?']);
    expect(host.handed).toEqual([]);
  });

  it('understands a field by its label and a value that is no string', async () => {
    const { host, session } = start(
      new FakeModel(
        [{ tool: 'save_field', args: { field: 'your NAME', value: 42, note: null } }],
        ['Thanks.'],
      ),
    );
    await session.callerSaid('42');
    expect(host.view.form).toEqual({ name: '42' });
  });

  it('makes reason and summary when the model leaves them out', async () => {
    const { host, session } = start(new FakeModel([{ tool: 'transfer_to_human' }]));
    await session.callerSaid('My kitchen is under water');
    expect(host.transfers).toEqual([
      {
        cause: 'model',
        reason: 'The caller said: “My kitchen is under water”',
        summary: expect.stringContaining('My kitchen is under water'),
        summaryBy: 'patchbay',
      },
    ]);
  });

  it('saves what follows a transfer in the same answer before it hands over', async () => {
    const { host, session } = start(
      new FakeModel([transfer, { tool: 'save_field', args: { field: 'department', value: 'Billing' } }]),
    );
    host.transfer = async () => {
      expect(host.types).toContain('field.saved');
      host.handed.push({ how: 'transfer', at: 0, words: '' });
    };
    await session.callerSaid('Billing, please');
    expect(host.handed).toHaveLength(1);
  });

  it('hands over soon after the decision even when the stream never ends', async () => {
    const { host, session } = start(new FakeModel(['One moment.', transfer, { wait: 2500 }]), {
      limits: { firstTokenMs: 4000, silenceMs: 5000 },
    });
    const before = performance.now();
    await session.callerSaid('A person');
    expect(host.transfers).toHaveLength(1);
    expect(performance.now() - before).toBeLessThan(1500);
  });

  it('hangs up at the end, and prefers a transfer over it', async () => {
    const ended = start(new FakeModel(['Good-bye.', { tool: 'end_call', args: { reason: 'done' } }]));
    await ended.session.callerSaid('Bye');
    expect(ended.host.handed).toMatchObject([{ how: 'end', words: 'done' }]);
    expect(ended.host.types).toEqual(['caller.said', 'ai.said']);

    const both = start(new FakeModel([{ tool: 'end_call' }, transfer]));
    await both.session.callerSaid('A person');
    expect(both.host.handed).toMatchObject([{ how: 'transfer' }]);
  });

  it('takes a message, says good-bye and ends', async () => {
    const { host, session } = start(
      new FakeModel(
        [{ tool: 'take_message', args: { message: 'Call me', name: 'Jo', callback: null } }],
        ['Thank you, good-bye.', { tool: 'end_call' }],
      ),
      { purpose: 'message' },
    );
    await session.callerSaid('It’s Jo, call me');
    expect(host.facts).toContainEqual({ type: 'message.taken', message: 'Call me', name: 'Jo' });
    expect(host.handed).toMatchObject([{ how: 'end' }]);
  });

  it('sends a text and tells the model when that failed', async () => {
    const model = new FakeModel(
      [{ tool: 'send_text', args: { id: 'case-number' } }],
      ['I could not send it.'],
    );
    const { host, session } = start(model);
    host.texts = async () => ({ ok: false, problem: 'The number takes no texts.' });
    await session.callerSaid('Text me');
    expect(host.handed).toMatchObject([{ how: 'text', words: 'case-number' }]);
    expect(model.requests[1]?.prompt.at(-1)).toMatchObject({
      content: [{ output: { value: expect.stringContaining('takes no texts') } }],
    });
  });

  it('tells the model that a text was sent already, and waits for Twilio only so long', async () => {
    const again: Step = { tool: 'send_text', args: { id: 'case-number' } };
    const asked = new FakeModel([again], ['You have it already.']);
    const { host, session } = start(asked);
    host.texts = async () => ({ ok: false, problem: 'this text was sent already' });
    await session.callerSaid('Text me');
    expect(asked.requests[1]?.prompt.at(-1)).toMatchObject({
      content: [{ output: { value: 'The text was not sent: this text was sent already. Tell the caller.' } }],
    });

    const model = new FakeModel(['Sure.', again], ['It is coming.']);
    const slow = start(model, { limits: { firstTokenMs: 4000, silenceMs: 5000 } });
    slow.host.texts = () => new Promise(() => undefined);
    await slow.session.callerSaid('Text me');
    expect(slow.host.utterances).toEqual(['Sure. It is coming.']);
  });

  it('offers only the tools that make sense', async () => {
    const names = async (changes: Partial<SessionOptions>) => {
      const model = new FakeModel(['Hello.']);
      const { session } = start(model, changes);
      await session.callerSaid('Hi');
      return model.requests[0]?.tools?.map(({ name }) => name);
    };
    expect(await names({})).toEqual([
      'transfer_to_human',
      'save_field',
      'take_message',
      'send_text',
      'end_call',
    ]);
    const bare = workflow({ form: [], texts: [] });
    expect(await names({ purpose: 'message', workflow: bare })).toEqual(['take_message', 'end_call']);
    expect(await names({ purpose: 'message', mayTransfer: true, workflow: bare })).toEqual([
      'transfer_to_human',
      'take_message',
      'end_call',
    ]);
  });
});

describe('the caller’s keys', () => {
  it('hands over on 0, cutting what was being said', async () => {
    const { host, session } = start(new FakeModel(['We can', { wait: 30 }, ' come.']));
    const done = session.callerSaid('When?');
    await sleep(10);
    await session.callerPressed('5');
    expect(host.transfers).toEqual([]);
    await session.callerPressed('0');
    await session.callerPressed('0');
    await done;
    expect(host.transfers).toMatchObject([{ cause: 'caller-key' }]);
    expect(host.types).toEqual(['caller.said', 'ai.said']);
  });
  it('leaves 0 aside when nobody could pick up and no try is left', async () => {
    const { host, session } = start(new FakeModel(), { purpose: 'message' });
    await session.callerPressed('0');
    expect(host.transfers).toEqual([]);
    const again = start(new FakeModel(), { purpose: 'message', mayTransfer: true });
    await again.session.callerPressed('0');
    expect(again.host.transfers).toMatchObject([{ cause: 'caller-key' }]);
  });
});

describe('says but does not', () => {
  it('asks the model once to act', async () => {
    const model = new FakeModel(['I’ll connect you now.'], ['Not spoken.', transfer]);
    const { host, session } = start(model);
    await session.callerSaid('A person, please');
    expect(host.facts.slice(-2)).toEqual([
      { type: 'ai.said', text: 'I’ll connect you now.' },
      { type: 'model.mismatch', said: 'I’ll connect you now.' },
    ]);
    expect(host.utterances).toEqual(['I’ll connect you now.']);
    expect(model.requests).toHaveLength(2);
    expect(model.requests[1]?.tools?.map(({ name }) => name)).toEqual(['transfer_to_human']);
    expect(host.transfers).toMatchObject([{ cause: 'model', reason: 'wants a person' }]);
  });

  it.each([
    ['talks on', ['Sure, connecting you.'] as Step[]],
    ['is silent', [{ wait: 500 }] as Step[]],
    ['fails', [{ finish: 'error' }] as Step[]],
  ])('transfers anyway when the model %s', async (_, second) => {
    const model = new FakeModel(['I’ll connect you now.'], second, ['never asked']);
    const { host, session } = start(model);
    const done = session.callerSaid('A person, please');
    await sleep(30);
    await session.callerSaid('Hello?');
    await done;
    expect(model.requests).toHaveLength(2);
    expect(host.transfers).toEqual([
      {
        cause: 'announced-only',
        reason: 'The caller said: “A person, please”',
        summary: expect.stringContaining('A person, please'),
      },
    ]);
    expect(host.handed).toHaveLength(1);
  });

  it('does not hang up on a caller who was told that they are being connected', async () => {
    const { host, session } = start(new FakeModel(['I’ll connect you now.', { tool: 'end_call' }], ['…']));
    await session.callerSaid('A person');
    expect(host.handed).toMatchObject([{ how: 'transfer', words: 'announced-only' }]);
  });

  it('does not hold when a message is taken', async () => {
    const { host, session } = start(new FakeModel(['I’ll connect you now.']), { purpose: 'message' });
    await session.callerSaid('Please');
    expect(host.types).toEqual(['caller.said', 'ai.said']);
    expect(host.handed).toEqual([]);
  });
});

describe('failures', () => {
  const failing: [string, LanguageModel | (() => LanguageModel)][] = [
    [
      'the model is unavailable',
      () => {
        throw new ModelUnavailableError('openai:x', 'there is no key', 'Set one');
      },
    ],
    ['the stream carries an error', new FakeModel([{ part: { type: 'error', error: new Error('boom') } }])],
    ['no token comes', new FakeModel([{ wait: 300 }])],
    [
      'only thinking and pings come',
      new FakeModel(
        Array.from({ length: 20 }, () => [
          { wait: 10 },
          { part: { type: 'ping' } },
          { part: { type: 'reasoning-delta', id: 'r', delta: 'hm' } },
        ]).flat() as Step[],
      ),
    ],
    ['the stream falls silent', new FakeModel(['Well, I', { wait: 400 }, ' am back'])],
    ['the answer is empty', new FakeModel([])],
    ['the answer is blank', new FakeModel(['  ', '\n'])],
    ['the content filter stops it', new FakeModel(['I', { finish: 'content-filter' }])],
    ['it ends with an error', new FakeModel(['I', { finish: 'error' }])],
    ['tools are called without a word', new FakeModel(...Array.from({ length: 9 }, () => [{ tool: 'fly' }]))],
    [
      'a tool call never completes',
      new FakeModel([
        { part: { type: 'tool-input-start', id: 't', toolName: 'take_message' } },
        { wait: 400 },
      ]),
    ],
    ['the model is only a name', 'openai/gpt' as LanguageModel],
    ...(['silent', 'failing', 'stalls', 'empty'] as const).map(
      (name) => [`rehearsal:${name}`, rehearsalModel(name)] as [string, LanguageModel],
    ),
  ];

  it.each(failing)('reports it once and in time when %s', async (_, model) => {
    const { host, session } = start(model);
    const before = performance.now();
    await session.callerSaid('Hi');
    expect(host.handed).toMatchObject([{ how: 'failed', words: expect.stringMatching(/\S.*[^\s]$/) }]);
    expect(performance.now() - before).toBeLessThan(250);
    await session.callerSaid('Hello?');
    await session.interrupted('x', 1);
    await session.callerPressed('0');
    await sleep(30);
    expect(host.handed).toHaveLength(1);
    expect(host.types.filter((type) => type === 'caller.said')).toHaveLength(1);
  });

  it('bounds the wait for the first word across rounds', async () => {
    const slowTool: Step[] = [{ wait: 60 }, { tool: 'save_field', args: { field: 'name', value: 'Jo' } }];
    const { host, session } = start(new FakeModel(slowTool, slowTool, slowTool));
    const before = performance.now();
    await session.callerSaid('Jo');
    expect(host.handed).toMatchObject([{ how: 'failed' }]);
    expect(performance.now() - before).toBeLessThan(160);
  });

  it('reports it in time even when the disk hangs', async () => {
    const { host, session } = start(new FakeModel(['Hello.']));
    host.disk = () => new Promise(() => undefined);
    await session.callerSaid('Hi');
    expect(host.handed).toMatchObject([{ how: 'failed' }]);
  });

  it('records what was spoken before the failure', async () => {
    const { host, session } = start(new FakeModel(['Well, I', { finish: 'error' }]));
    await session.callerSaid('Hi');
    expect(host.facts.at(-1)).toEqual({ type: 'ai.said', text: 'Well, I' });
    expect(host.utterances).toEqual(['Well, I']);
  });

  it('logs a static line that holds nothing of what was said', async () => {
    const lines: unknown[] = [];
    const log = (...line: unknown[]) => void lines.push(line);
    const { session } = start(new FakeModel(['Secret words', { part: { type: 'error', error: 'sk-key' } }]), {
      logger: { debug: log, info: log, warn: log, error: log },
    });
    await session.callerSaid('My PIN is 1234');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).toMatch(/^\[\["the model failed",/);
    expect(JSON.stringify(lines)).not.toMatch(/PIN|Secret|sk-key/);
  });

  it('survives a host that fails', async () => {
    const { host, session } = start(new FakeModel([transfer]));
    host.transfer = () => Promise.reject(new Error('no'));
    await expect(session.callerSaid('A person')).resolves.toBeUndefined();
  });
});

describe('how long the model may keep the caller waiting', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const save: Step = { tool: 'save_field', args: { field: 'name', value: 'Jo' } };
  const at = (ms: number, text: string): Step[] => [{ wait: ms }, text];

  /** When the model was found to have failed, in milliseconds after the prompt. */
  async function failedAt(...answers: Step[][]): Promise<number | undefined> {
    const { host, session } = start(new FakeModel(...answers), { limits: {} });
    const began = Date.now();
    let failed: number | undefined;
    host.modelFailed = async () => {
      failed = Date.now() - began;
    };
    const done = session.callerSaid('Hi');
    await vi.advanceTimersByTimeAsync(60_000);
    await done;
    return failed;
  }

  const stall: Step = { wait: 30_000 };

  it.each<[string, number, Step[][]]>([
    ['nothing comes', 4000, [[stall]]],
    ['it stalls after an early word', 5100, [[...at(100, 'Well'), stall]]],
    ['it stalls after a word at 3 s', 5800, [[...at(3000, 'Well'), stall]]],
    ['it stalls after words at 3 s and 5 s', 7000, [[...at(3000, 'Well'), ...at(2000, ' I'), stall]]],
    ['the second round is silent', 5800, [[...at(3500, 'Thanks.'), save], [stall]]],
    ['an early second round is silent', 4100, [[...at(100, 'Thanks.'), save], [stall]]],
    [
      'a long answer stalls at its end',
      15_500,
      [[...Array.from({ length: 7 }, () => at(1500, 'word ')).flat(), stall]],
    ],
  ])('hands on in time when %s', async (_, ms, answers) => {
    expect(await failedAt(...answers)).toBe(ms);
  });

  it('does not cut a long healthy answer', async () => {
    const words = Array.from({ length: 20 }, () => at(1900, 'word ')).flat();
    expect(await failedAt(words)).toBeUndefined();
    const slowLater = [...at(3000, 'a '), ...at(2500, 'b '), ...at(1900, 'c '), ...at(4500, 'd ')];
    expect(await failedAt(slowLater)).toBeUndefined();
  });
});

describe('a hand-over whose arguments are complete before the provider reports the call', () => {
  const args = JSON.stringify({ reason: 'wants a {person}', summary: 'A "leak".' });
  const onTheWire: Step[] = [
    { part: { type: 'tool-input-start', id: 't', toolName: 'transfer_to_human' } },
    ...[...args].map((delta): Step => ({ part: { type: 'tool-input-delta', id: 't', delta } })),
  ];
  const wanted = [{ cause: 'model', reason: 'wants a {person}', summary: 'A "leak".' }];

  it.each<[string, Step[]]>([
    ['stalls', [{ wait: 2500 }]],
    ['breaks', [{ wait: 10 }, { part: { type: 'error', error: new Error('reset') } }]],
    [
      'ends well',
      [
        {
          part: { type: 'tool-call', toolCallId: 't', toolName: 'transfer_to_human', input: args },
        },
      ],
    ],
  ])('happens once when the stream %s', async (_, then) => {
    const { host, session } = start(new FakeModel(['One moment.', ...onTheWire, ...then]), {
      limits: { firstTokenMs: 4000, silenceMs: 5000 },
    });
    await session.callerSaid('A person');
    expect(host.transfers).toEqual(wanted);
    expect(host.handed).toHaveLength(1);
    expect(host.utterances).toEqual(['One moment.']);
  });

  it('happens when the caller speaks over the AI right after it', async () => {
    const { host, session } = start(new FakeModel(['One moment.', ...onTheWire, { wait: 40 }]));
    const done = session.callerSaid('A person');
    await sleep(10);
    await session.interrupted('One', 10);
    await session.callerSaid('Hello?');
    await done;
    expect(host.transfers).toEqual(wanted);
  });

  it('does not happen when the last brace is missing and the caller speaks over the AI', async () => {
    const { host, session } = start(new FakeModel(['One moment.', ...onTheWire.slice(0, -1), { wait: 40 }]));
    const done = session.callerSaid('A person');
    await sleep(10);
    await session.interrupted('One', 10);
    await done;
    expect(host.handed).toEqual([]);
  });

  it('executes no other tool before the provider reports it', async () => {
    const input = JSON.stringify({ field: 'name', value: 'Jo' });
    const { host, session } = start(
      new FakeModel([
        'Thanks.',
        { part: { type: 'tool-input-start', id: 's', toolName: 'save_field' } },
        { part: { type: 'tool-input-delta', id: 's', delta: input } },
        { finish: 'error' },
      ]),
    );
    await session.callerSaid('Jo');
    expect(host.view.form).toEqual({});
    expect(host.handed).toMatchObject([{ how: 'failed' }]);
  });

  it('ends the wait for the model that was asked to act', async () => {
    const { host, session } = start(
      new FakeModel(['I’ll connect you now.'], [...onTheWire, { wait: 2500 }]),
      {
        limits: { firstTokenMs: 4000, silenceMs: 5000 },
      },
    );
    const before = performance.now();
    await session.callerSaid('A person');
    expect(host.transfers).toEqual(wanted);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('close', () => {
  it('aborts everything and records the cut utterance', async () => {
    const model = new FakeModel(['We can', { wait: 30 }, ' come.']);
    const { host, session } = start(model);
    const done = session.callerSaid('When?');
    await sleep(10);
    session.close();
    session.close();
    await done;
    await session.callerSaid('Hello?');
    expect(host.facts.slice(1)).toEqual([{ type: 'ai.said', text: 'We can' }]);
    expect(model.requests[0]?.abortSignal?.aborted).toBe(true);
    expect(host.handed).toEqual([]);
  });

  it('still hands over what was decided', async () => {
    const { host, session } = start(new FakeModel(['One moment.', transfer, { wait: 30 }]));
    const done = session.callerSaid('A person');
    await sleep(10);
    session.close();
    await done;
    expect(host.transfers).toHaveLength(1);
  });
});
