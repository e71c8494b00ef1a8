import { expect, it } from 'vitest';
import {
  type CoreUnderTest,
  caller,
  deskYaml,
  startCore,
  staticNumber,
  TestCall,
} from '../../core/test-support/core-under-test.ts';
import { UsageError } from '../command.ts';
import { typeCommand } from '../test-support/type-command.ts';

const desk = deskYaml({ integration: ', noAnswer: [text]' });

/** A caller asks for a person, and nobody picks up. */
async function reachesNobody(under: CoreUnderTest): Promise<void> {
  const call = new TestCall(under, 'CA1');
  await call.ring();
  await call.connect();
  call.send({ type: 'dtmf', digit: '0' });
  await call.until(({ type }) => type === 'end');
  await call.sessionEnded();
  await call.dialEnded('no-answer');
}

it('patchbay promises shows who waits for a call back, and counts in words', async () => {
  await using under = await startCore(desk);
  expect((await typeCommand(under.core, ['promises'])).printed).toEqual([
    'Nobody was promised a call back yet.',
  ]);
  await reachesNobody(under);
  const { printed } = await typeCommand(under.core, ['promises']);
  expect(printed).toEqual([
    expect.stringMatching(
      new RegExp(`^open {4}by .* {2}\\${caller} {2}.* {2}case [0-9A-F]{8} {2}[0-9a-f-]{36}$`),
    ),
    '1 promise was made: 0 kept in time, 0 kept late, 0 broken, 1 still open.',
  ]);
  const { text } = await typeCommand(under.core, ['promises'], { flags: { json: true } });
  expect(JSON.parse(text)).toMatchObject({
    counts: { open: 1 },
    promises: [{ number: caller, state: 'open', textProblem: null }],
  });
  const [call] = under.core.listCalls({ limit: 1 });
  expect(under.core.getCall(call?.id ?? '')?.promise).toEqual(JSON.parse(text).promises[0]);
});

it('patchbay promises says that the caller may not have the text', async () => {
  const texts = { send: () => Promise.reject(new Error('no text today')) };
  await using under = await startCore(desk, { ports: { texts } });
  await reachesNobody(under);
  expect((await typeCommand(under.core, ['promises'])).text).toContain(
    'may not have the text: no text today',
  );
});

it('patchbay promises keep notes that the caller was reached', async () => {
  await using under = await startCore(desk);
  await reachesNobody(under);
  const id = under.core.promises.list(1)[0]?.id ?? '';
  expect((await typeCommand(under.core, ['promises', 'keep', id])).text).toMatch(/^kept/);
  expect((await typeCommand(under.core, ['promises'])).text).toContain('1 kept in time');
});

it('patchbay promises call asks first, and says in words what stands in the way', async () => {
  await using under = await startCore(desk);
  await reachesNobody(under);
  const id = under.core.promises.list(1)[0]?.id ?? '';
  expect(await typeCommand(under.core, ['promises', 'call', id])).toMatchObject({ code: 1, printed: [] });
  const call = typeCommand(under.core, ['promises', 'call', id, caller], { flags: { yes: true } });
  await expect(call).rejects.toMatchObject({ data: { says: expect.stringContaining('own number') } });
});

it.each([
  ['call', 'no-such-promise', staticNumber],
  ['keep', 'no-such-promise'],
])('patchbay promises %s of an unknown promise is a matter of typing', async (...words) => {
  await using under = await startCore(desk);
  const typed = typeCommand(under.core, ['promises', ...words], { flags: { yes: true } });
  await expect(typed).rejects.toThrow(new UsageError('there is no promise "no-such-promise"'));
});
