import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeskFileError, parseDeskFile } from './parse-desk-file.ts';
import { arbitraryDesk } from './test-support/arbitrary-desk.ts';
import { writeDeskFile } from './write-desk-file.ts';

const sample = `patchbay: 1
integrations:
  - id: front-desk
    name: Front desk
    staticNumber: "+14165551234"
    routerKey: 0123456789abcdef0123456789abcdef
    dynamic:
      rules:
        - { name: Toronto, when: { callerPrefix: "+1416" }, to: "+14165550001" }
        - { name: Regulars, when: { contact: known }, to: accounts }
        - { name: Night, when: { schedule: office, open: false }, to: "+14165550009" }
        - { name: Billing, when: { field: { department: [billing], colour: red } }, to: "+14165550009" }
    ring: { seconds: 20, screen: true, briefing: true }
    noAnswer: [next, message, voicemail, text]
groups:
  - { id: accounts, strategy: round-robin, numbers: ["+14165550002"] }
schedules:
  - { id: office, timezone: America/Toronto, open: { mon: ["09:00-17:00"] } }
workflows:
  - id: reception
    name: Reception
    number: "+14165550100"
    integration: front-desk
    greeting: Hello.
    prompt: You answer the phone.
    model: rehearsal:keywords
    form:
      - { id: department, label: Department, type: choice, options: [sales, billing] }
    texts: [{ id: case, when: During the handoff, body: Your case. }]
    afterCallWebhook: https://example.com/calls
contacts:
  - { number: "+14165557777", name: Corner Bakery, tags: [vip] }
`;

function refusalOf(yaml: string): DeskFileError {
  try {
    parseDeskFile(yaml);
  } catch (error) {
    if (error instanceof DeskFileError) return error;
    throw error;
  }
  throw new Error('the desk file was taken');
}

function edited(from: string, to: string): string {
  if (!sample.includes(from)) throw new Error(`the sample has no ${from}`);
  return sample.replace(from, to);
}

describe('parseDeskFile', () => {
  it('reads a whole desk and fills in what is left out', () => {
    const { desk } = parseDeskFile(sample);
    expect(desk.integrations[0]).toMatchObject({
      ring: { seconds: 20, callerId: 'caller', screen: true, briefing: true },
      dynamic: { rules: [{ when: { callerPrefix: ['+1416'] } }, {}, {}, {}] },
    });
    expect(desk.workflows[0]).toMatchObject({ kind: 'basic', language: 'en-US', transferWhen: [] });
    expect(parseDeskFile('patchbay: 1').desk.integrations).toEqual([]);
  });

  it('names what does not do what it seems to, and where it stands', () => {
    const rules = 'integrations[0].dynamic.rules';
    expect(parseDeskFile(sample).warnings).toEqual([
      `${rules}[3].when.field.colour (line 12): no workflow’s form has the field "colour", so Patchbay’s own AI never fills it`,
    ]);
    expect(parseDeskFile(edited('callerPrefix: "+1416"', '')).warnings).toContain(
      `${rules}[1] (line 10): the rule "Regulars" can never match: the rule "Toronto" above it takes all its calls`,
    );
    const asksColour = edited(
      'options: [sales, billing] }',
      'options: [sales, billing] }\n      - { id: colour, label: Colour, type: choice, options: [green, Blue] }',
    );
    expect(parseDeskFile(asksColour).warnings).toEqual([
      `${rules}[3].when.field.colour (line 12): "red" is none of the options of the field "colour"`,
    ]);
    const unused = '    platformNumber: "+16475550000"\n    noAnswer:';
    expect(parseDeskFile(edited('    noAnswer:', unused)).warnings).toContainEqual(
      expect.stringContaining('integrations[0].platformNumber (line 14): it tells the calls'),
    );
    const inUse = `    handOverNumber: "+14165550100"\n${unused}`;
    expect(parseDeskFile(edited('    noAnswer:', inUse)).warnings.join()).not.toContain('platformNumber');
    const twice = '["+14165550002", { number: "+14165550002", away: true }]';
    expect(parseDeskFile(edited('["+14165550002"]', twice)).warnings).toContain(
      'groups[0].numbers[1] (line 16): +14165550002 is in the group twice and counts once',
    );
    const away = '[{ number: "+14165550002", away: true }]';
    expect(parseDeskFile(edited('["+14165550002"]', away)).warnings).toContain(
      'groups[0] (line 16): everybody of the group "accounts" is away, so its calls go to the static number',
    );
  });

  const second = (noun: string, item: string) => `${noun}:\n  - ${item}\n`;
  const integration = '{ id: front-desk, name: B, staticNumber: "+14165551235" }';
  const workflow = (id: string, number: string) =>
    `{ id: ${id}, name: B, number: "${number}", integration: front-desk, greeting: Hi, prompt: P, model: a:b }`;

  it.each<[string, string, string]>([
    [
      'an unknown key',
      edited('name: Front desk', 'nmae: Front desk'),
      'integrations[0].nmae (line 4): is not a key',
    ],
    [
      'an unknown key at the top',
      `${sample}colour: red\n`,
      'colour (line 33): is not a key that belongs here',
    ],
    [
      'an unknown key in a rule',
      edited('contact: known', 'contcat: known'),
      'contcat (line 10): is not a key',
    ],
    [
      'an unknown tag form',
      edited('contact: known', 'contact: {tga: x}'),
      'when.contact.tga (line 10): is not a key',
    ],
    ['an unknown day', edited('mon:', 'mun:'), 'schedules[0].open.mun (line 18): is not a key'],
    [
      'a key twice',
      edited('    name: Front desk', '    name: A\n    name: B'),
      'name (line 5): is there twice, first on line 4',
    ],
    [
      '__proto__',
      edited('name: Front desk', '__proto__: {}'),
      '__proto__ (line 4): is not a key of a desk file',
    ],
    ['a missing key', edited('    name: Front desk\n', ''), 'integrations[0].name (line 3): is missing'],
    ['an empty value', edited('greeting: Hello.', 'greeting:'), 'workflows[0].greeting (line 24): is empty'],
    [
      'a bare number',
      edited('"+14165551234"', '+14165551234'),
      'staticNumber (line 5): must be text; put it in quotes',
    ],
    [
      'no E.164',
      edited('"+14165551234"', '"4165551234"'),
      'staticNumber (line 5): must be a phone number in E.164',
    ],
    [
      'a wrong prefix',
      edited('callerPrefix: "+1416"', 'callerPrefix: ["1416"]'),
      'callerPrefix[0] (line 9): must be the start',
    ],
    [
      'a number out of range',
      edited('seconds: 20', 'seconds: 4'),
      'ring.seconds (line 13): must be at least 5',
    ],
    [
      'a wrong choice',
      edited('contact: known', 'contact: vip'),
      'when.contact (line 10): must be "known" or "new"',
    ],
    ['a wrong version', edited('patchbay: 1', 'patchbay: 2'), 'patchbay (line 1): must be 1'],
    ['no version', edited('patchbay: 1\n', ''), 'patchbay (line 1): is missing'],
    ['broken YAML', edited('id: office', 'id: [office'), '(line 18): '],
    [
      'a second document',
      `${sample}---\npatchbay: 1\n`,
      'desk file (line 33): a second document begins here',
    ],
    ['a tag', edited('name: Front desk', 'name: !!js/function x'), '(line 4): '],
    [
      'an unknown group',
      edited('to: accounts', 'to: acounts'),
      'rules[1].to (line 10): there is no group "acounts"; the desk file has "accounts"',
    ],
    [
      'an unknown schedule',
      edited('schedule: office', 'schedule: ofice'),
      'when.schedule (line 11): there is no schedule "ofice"',
    ],
    [
      'an unknown schedule of a member',
      edited('["+14165550002"]', '[{ number: "+14165550002", schedule: ofice }]'),
      'groups[0].numbers[0].schedule (line 16): there is no schedule "ofice"',
    ],
    [
      'an unknown workflow in a rule',
      edited('contact: known', 'workflow: recepcion'),
      'rules[1].when.workflow (line 10): there is no workflow "recepcion"; the desk file has "reception"',
    ],
    [
      'an unknown region',
      edited('contact: known', 'callerRegion: [CA, CA-XX]'),
      'rules[1].when.callerRegion[1] (line 10): there is no "CA-XX"; those of CA are AB, BC',
    ],
    [
      'holidays of an unknown state',
      edited('"09:00-17:00"] }', '"09:00-17:00"] }, holidays: { country: CA, state: XX }'),
      'schedules[0].holidays.state (line 18): there is no state "XX"; those of CA are AB, BC',
    ],
    [
      'holidays of an unknown country',
      edited('"09:00-17:00"] }', '"09:00-17:00"] }, holidays: { country: QQ }'),
      'schedules[0].holidays.country (line 18): there are no holidays of "QQ"; the countries are ',
    ],
    [
      'an unknown integration',
      edited('integration: front-desk', 'integration: front'),
      'workflows[0].integration (line 23): there is no integration "front"',
    ],
    [
      'an unknown integration of a custom workflow',
      edited('    integration: front-desk', '    kind: custom\n    metadata: { integration: front }'),
      'workflows[0].metadata.integration (line 24): there is no integration "front"',
    ],
    [
      'a hand-over number that no workflow has',
      edited('    noAnswer:', '    handOverNumber: "+14165550160"\n    noAnswer:'),
      'integrations[0].handOverNumber (line 14): no workflow has the number +14165550160',
    ],
    [
      'a hand-over number that is the platform’s',
      edited(
        '    noAnswer:',
        '    handOverNumber: "+14165550100"\n    platformNumber: "+14165550100"\n    noAnswer:',
      ),
      'integrations[0].platformNumber (line 15): this is the hand-over number too',
    ],
    [
      'an integration id twice',
      edited('integrations:\n', second('integrations', integration)),
      'integrations[1].id (line 4): the id "front-desk" is used twice',
    ],
    [
      'a router key twice',
      edited(
        'integrations:\n',
        second(
          'integrations',
          '{ id: b, name: B, staticNumber: "+14165551235", routerKey: 0123456789abcdef0123456789abcdef }',
        ),
      ),
      'integrations[1].routerKey (line 7): this router key is used twice',
    ],
    [
      'a group id twice',
      edited(
        'groups:\n',
        second('groups', '{ id: accounts, strategy: in-order, numbers: ["+14165550002"] }'),
      ),
      'groups[1].id (line 17)',
    ],
    [
      'a schedule id twice',
      edited('schedules:\n', second('schedules', '{ id: office, timezone: UTC, open: {} }')),
      'schedules[1].id (line 19)',
    ],
    [
      'a workflow id twice',
      edited('workflows:\n', second('workflows', workflow('reception', '+14165550101'))),
      'workflows[1].id (line 21)',
    ],
    [
      'a workflow number twice',
      edited('workflows:\n', second('workflows', workflow('other', '+14165550100'))),
      'workflows[1].number (line 23): two workflows answer +14165550100',
    ],
    [
      'a contact twice',
      `${sample}  - { number: "+14165557777" }\n`,
      'contacts[1].number (line 33): two contacts',
    ],
    [
      'a form field twice',
      edited('    form:\n', '    form:\n      - { id: department, label: D, type: text }\n'),
      'form[1].id (line 29)',
    ],
    [
      'an option twice',
      edited('[sales, billing]', '[sales, billing, sales]'),
      'form[0].options[2] (line 28): the option "sales"',
    ],
    [
      'a text twice',
      edited('[{ id: case,', '[{ id: case, when: A, body: B }, { id: case,'),
      'texts[1].id (line 29)',
    ],
    [
      'an http address',
      edited('https://example.com', 'http://example.com'),
      'afterCallWebhook (line 30): must be an https',
    ],
    [
      'a password',
      edited('https://example.com', 'https://a:b@example.com'),
      'afterCallWebhook (line 30): must not contain a user name',
    ],
    [
      'a local address',
      edited('https://example.com', 'https://0x7f000001'),
      'afterCallWebhook (line 30): must be a public address',
    ],
    [
      'a local dynamic webhook',
      'patchbay: 1\nintegrations:\n  - id: a\n    name: A\n    staticNumber: "+14165551234"\n    dynamic:\n      webhook: https://printer.local/\n',
      'integrations[0].dynamic.webhook (line 7): must be a public address',
    ],
  ])('refuses %s by key and line', (_what, yaml, message) => {
    expect(refusalOf(yaml).message).toContain(message);
  });

  it('lists every problem, one a line', () => {
    const { message, problems } = refusalOf(
      edited('seconds: 20', 'seconds: 1').replace('greeting: Hello.', ''),
    );
    expect(problems.map(({ key, line }) => [key, line])).toEqual([
      ['integrations[0].ring.seconds', 13],
      ['workflows[0].greeting', 20],
    ]);
    expect(message.split('\n')).toHaveLength(2);
  });

  it('has an end to its list', () => {
    const unknown = Array.from({ length: 500 }, (_, at) => `k${at}: 1`).join('\n');
    const { problems } = refusalOf(`patchbay: 1\n${unknown}\n`);
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)?.message).toBe('and 450 more like these');
  });

  it('reads aliases, but no bombs', () => {
    const aliased = edited('[next, message, voicemail, text]', '&steps [next]').replace(
      'groups:\n',
      '  - { id: b, name: B, staticNumber: "+14165551235", noAnswer: *steps }\ngroups:\n',
    );
    expect(parseDeskFile(aliased).desk.integrations[1]?.noAnswer).toEqual(['next']);
    expect(refusalOf('patchbay: *nowhere').problems[0]?.line).toBe(1);
    expect(refusalOf('patchbay: &a [*a]').message).toContain('nested too deeply');
    const bomb = 'abcdefgh'
      .split('')
      .map((name, at, all) => `${name}: &${name} [${Array(9).fill(at === 0 ? 'x' : `*${all[at - 1]}`)}]`)
      .join('\n');
    const startedAt = performance.now();
    expect(refusalOf(bomb).message).toContain('aliases');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it.each([
    '',
    ' ',
    '\n',
    '[]',
    'text',
    '1',
    'null',
    '---',
    '# only a comment',
    '\ufeff',
    '\0',
    '%YAML 1.1\n---\na: 1',
  ])('refuses %j', (yaml) => {
    expect(refusalOf(yaml).problems.length).toBeGreaterThan(0);
  });

  it('refuses what is nested too deeply or too long', () => {
    expect(refusalOf('['.repeat(20_000)).message).toContain('nested too deeply');
    expect(refusalOf(`a: ${'{a: '.repeat(100)}${'}'.repeat(100)}`).message).toContain('nested too deeply');
    expect(refusalOf('#'.repeat(5_000_001)).message).toContain('is longer than 5 million characters');
  });

  it('throws nothing but a DeskFileError, whatever the text', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom(
        ...'abc:-[]{}&*!|>\'"%@`#?,.~<= \n\t0123+',
        'patchbay: 1\n',
        '  - ',
        'integrations:\n',
      ),
      maxLength: 60,
    });
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), yamlish, fc.json());
    fc.assert(fc.property(anyText, onlyDeskFileErrors), { numRuns: 1_000 });
  });

  it('throws nothing but a DeskFileError for a desk file with a part cut out or put in', () => {
    const mutated = fc
      .tuple(arbitraryDesk, fc.nat(), fc.nat({ max: 12 }), fc.string({ unit: 'binary', maxLength: 6 }))
      .map(([desk, at, cut, put]) => {
        const file = writeDeskFile(desk);
        const from = at % file.length;
        return file.slice(0, from) + put + file.slice(from + cut);
      });
    fc.assert(fc.property(mutated, onlyDeskFileErrors), { numRuns: 300 });
  });
});

function onlyDeskFileErrors(yaml: string): void {
  try {
    parseDeskFile(yaml);
  } catch (error) {
    expect(error).toBeInstanceOf(DeskFileError);
    expect((error as DeskFileError).problems.length).toBeGreaterThan(0);
    expect((error as DeskFileError).message).not.toContain('undefined');
  }
}
