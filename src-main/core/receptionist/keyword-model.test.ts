import { describe, expect, it } from 'vitest';
import { asksForPerson, speaksOf } from './keywords.ts';
import { rehearsalModel } from './rehearsal-models.ts';
import { ReceptionistSession } from './session.ts';
import { FakeHost, quietLogger, stranger, workflow } from './test-support.ts';

/** Lets the keyword model talk with a caller who says these lines. */
async function talk(
  lines: string[],
  {
    purpose = 'conversation',
    mayTransfer = purpose === 'conversation',
    changes = {},
  }: {
    purpose?: 'conversation' | 'message';
    mayTransfer?: boolean;
    changes?: Record<string, unknown>;
  } = {},
): Promise<FakeHost> {
  const host = new FakeHost(purpose);
  const session = new ReceptionistSession({
    workflow: workflow(changes),
    purpose,
    mayTransfer,
    call: () => host.view,
    caller: stranger,
    host,
    model: () => rehearsalModel('keywords'),
    clock: { now: () => new Date(2026, 10, 22, 12).getTime() },
    logger: quietLogger,
  });
  for (const line of lines) await session.callerSaid(line);
  session.close();
  return host;
}

describe('rehearsal:keywords', () => {
  it.each([
    'I want to speak to a person',
    'Can I talk to someone, please?',
    'Put me through to your manager.',
    'Get me a human!',
    'Could you transfer me?',
  ])('connects a caller who says “%s”', async (line) => {
    const host = await talk([line]);
    expect(host.utterances).toEqual(['One moment, I’ll connect you.']);
    expect(host.transfers).toMatchObject([
      {
        cause: 'model',
        reason: 'The caller asks to speak with a person',
        summary: expect.stringContaining(line),
      },
    ]);
    expect(host.handed).toMatchObject([{ how: 'text', words: 'case-number' }, { how: 'transfer' }]);
    expect(host.types).not.toContain('model.mismatch');
  });

  it('connects a caller whose words hold a trigger, with the department they named', async () => {
    const host = await talk(['I have to complain about the Billing department']);
    expect(host.transfers).toMatchObject([
      { reason: 'The caller mentions a complaint', department: 'billing' },
    ]);
  });

  it('asks for the required fields one by one, saves the answers, and says good-bye', async () => {
    const host = await talk([
      'My tap drips',
      'My name is Jo Smith',
      '03/04',
      'next Tuesday',
      'No, thank you, bye',
    ]);
    expect(host.utterances).toEqual([
      'Certainly. Could you tell me: Your name?',
      'Thank you. Could you tell me: The day that suits you?',
      'Sorry, I need to ask you again: whether they mean March 4 or April 3. Could you tell me: The day that suits you?',
      'Thank you, I have everything I need. Is there anything else I can do for you?',
      'Thank you for calling. Good-bye.',
    ]);
    expect(host.view.form).toEqual({ name: 'Jo Smith', day: '2026-11-24' });
    expect(host.types).toContain('field.refused');
    expect(host.handed).toMatchObject([{ how: 'end' }]);
  });

  it('sends a text when asked for one', async () => {
    const host = await talk(['Can you text me the case number?'], { changes: { form: [] } });
    expect(host.handed).toMatchObject([{ how: 'text', words: 'case-number' }]);
    expect(host.utterances).toEqual(['I have sent you a text. Is there anything else I can do for you?']);
  });

  it('takes a message', async () => {
    const host = await talk(['Okay', 'This is Jo, the boiler leaks again, call 416 555 1234'], {
      purpose: 'message',
    });
    expect(host.facts).toContainEqual({
      type: 'message.taken',
      message: 'This is Jo, the boiler leaks again, call 416 555 1234',
      name: 'Jo',
      callback: '416 555 1234',
    });
    expect(host.utterances.at(-1)).toBe('Thank you, I will pass your message on. Good-bye.');
    expect(host.handed).toMatchObject([{ how: 'end', words: 'The caller left a message' }]);
  });

  it('lets a caller go who leaves no message, and never connects one then', async () => {
    const host = await talk(['No, thank you, bye.'], { purpose: 'message' });
    expect(host.types).not.toContain('message.taken');
    expect(host.handed).toMatchObject([{ how: 'end' }]);
    const stubborn = await talk(['I want a person'], { purpose: 'message' });
    expect(stubborn.transfers).toEqual([]);
    expect(stubborn.types).toContain('message.taken');
  });

  it('hands over again while a message is taken, when the caller wants another try and one is left', async () => {
    const wish = ['Could you try again, please?'];
    const host = await talk(wish, { purpose: 'message', mayTransfer: true });
    expect(host.transfers).toMatchObject([{ cause: 'model', reason: 'The caller asks for another try' }]);
    const elsewhere = await talk(['Can I have another department, billing please?'], {
      purpose: 'message',
      mayTransfer: true,
    });
    expect(elsewhere.transfers).toMatchObject([{ department: 'billing' }]);
    expect((await talk(wish, { purpose: 'message' })).transfers).toEqual([]);
  });

  it('always answers the same', async () => {
    const lines = ['Hello', 'Jo', 'tomorrow', 'What do you charge?'];
    const [one, other] = await Promise.all([talk(lines), talk(lines)]);
    expect(one.utterances).toEqual(other.utterances);
    expect(one.utterances).toHaveLength(4);
  });
});

describe('keywords', () => {
  it.each([
    ['There is a burst pipe in my kitchen', 'The caller reports a water leak or a burst pipe', true],
    ['My pipe is fine', 'The caller reports a water leak or a burst pipe', false],
    ['Water is leaking from the ceiling', 'The caller reports a water leak or a burst pipe', true],
    ['This is an emergency!', 'The caller has an emergency', true],
    ['I need help with two emergencies', 'The caller has an emergency', true],
    ['What are your prices?', 'The caller mentions a complaint', false],
    ['Hello', 'The caller', false],
  ])('“%s” against “%s”: %s', (said, sentence, holds) => {
    expect(speaksOf(said, sentence)).toBe(holds);
  });

  it.each(['I don’t want to talk to a person', 'My neighbour sent me', 'How many people work there?'])(
    'finds no wish for a person in “%s”',
    (said) => expect(asksForPerson(said)).toBe(false),
  );
});
