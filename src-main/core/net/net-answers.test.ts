import { describe, expect, it } from 'vitest';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import { phrasesFor } from '../calls/phrases.ts';
import { compileDesk } from '../desk/desk-service.ts';
import { answersFor, functionFor } from './net-answers.ts';
import { answer, businessNumber, staticNumber } from './test-support.ts';

function desk(workflow: object = {}, ring: object = {}) {
  return compileDesk(
    deskSchema.parse({
      patchbay: 1,
      integrations: [{ id: 'desk', name: 'Desk', staticNumber, ring }],
      workflows: [
        {
          id: 'reception',
          name: 'Reception',
          number: businessNumber,
          integration: 'desk',
          greeting: 'Hello',
          prompt: 'Talk',
          model: 'rehearsal:keywords',
          ...workflow,
        },
      ],
    }),
  );
}
const reception = { number: businessNumber, workflowId: 'reception' };

describe('answersFor', () => {
  it('rings the static number of the workflow’s integration, in the words of its language', () => {
    const french = phrasesFor('fr');
    expect(answersFor([reception], desk({ language: 'fr-CA' }, { seconds: 40 }), [])).toEqual([
      {
        number: businessNumber,
        workflowId: 'reception',
        destination: staticNumber,
        ringSeconds: 40,
        language: 'fr-CA',
        sayBefore: french.apologyBeforeDial,
        sayNobody: french.sorryCallAgain,
      },
    ]);
  });

  it('grants a caller who has waited already some rings', () => {
    expect(answersFor([reception], desk({}, { seconds: 10 }), [])[0]?.ringSeconds).toBe(25);
  });

  it.each([
    ['en-GB', 'en-GB'],
    ['en', 'en-US'],
    ['en-gb', 'en-GB'],
    ['en-XA', 'en-US'],
    ['fr', 'fr-FR'],
    ['es-419', 'es-ES'],
    ['de-DE', 'en-US'],
    ['enm', 'en-US'],
    ['es-MX', 'es-MX'],
  ])('has the words of %s said by a voice of %s', (language, voice) => {
    expect(answersFor([reception], desk({ language }), [])[0]?.language).toBe(voice);
  });

  it('finds the integration of a custom workflow', () => {
    const custom = { kind: 'custom', integration: undefined, metadata: { integration: 'desk' } };
    expect(answersFor([reception], desk(custom), [])[0]?.destination).toBe(staticNumber);
  });

  it('keeps what it did for a number whose workflow left the desk, and nothing for others', () => {
    const number = '+14165550200';
    const kept = answer({ number, workflowId: 'old', destination: '+14165559999' });
    expect(answersFor([{ number, workflowId: 'old' }], desk(), [kept])).toEqual([kept]);
    expect(answersFor([{ number: '+14165550300', workflowId: 'old' }], desk(), [kept])).toEqual([]);
    expect(answersFor([reception], desk(), [kept]).map(({ destination }) => destination)).toEqual([
      staticNumber,
    ]);
  });

  it('goes by the workflow that has the number by the desk, not by the one it was attached to', () => {
    const old = { number: businessNumber, workflowId: 'old' };
    expect(answersFor([old], desk(), [])).toEqual(answersFor([reception], desk(), []));
    const elsewhere = desk({ number: '+14165550200' });
    expect(answersFor([reception], elsewhere, [])[0]?.destination).toBe(staticNumber);
  });
});

describe('functionFor', () => {
  const two = [answer(), answer({ number: '+14165550200' })];

  it('is the same for the same answers, in whatever order', () => {
    expect(functionFor([...two].reverse())).toEqual(functionFor(two));
  });

  it('is another one as soon as a word differs', () => {
    const hashes = [two, [], [answer({ sayNobody: 'Gone.' })], [answer({ ringSeconds: 26 })]].map(
      (answers) => functionFor(answers).hash,
    );
    expect(new Set(hashes).size).toBe(4);
  });
});
