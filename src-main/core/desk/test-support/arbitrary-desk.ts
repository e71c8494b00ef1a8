import fc from 'fast-check';
import { type Desk, deskSchema, fieldTypes } from '../../../../src-preload/contract/desk.ts';

/** Texts that YAML could take for something else, and texts with every kind of character. */
const awkward = fc.constantFrom(
  ...[
    'yes',
    'no',
    'null',
    '~',
    'true',
    '0x1F',
    '0o17',
    '1_000',
    '12:30',
    '1e3',
    '.inf',
    '-',
    '- a',
    '? a',
    ': b',
  ],
  ...[
    '# c',
    '&a',
    '*a',
    '!tag',
    '|',
    '>',
    '%',
    '@',
    '`',
    '{}',
    '[]',
    'a: b',
    'a #b',
    "it's",
    '"quoted"',
    '---',
    '...',
  ],
  ...[
    '+14165551234',
    'two\nlines',
    'end\n\n',
    ' \n x',
    '\ttab',
    'cr\r\nlf',
    '\u2028',
    '\u0085x',
    '\ufeffx',
    '<<',
  ],
);
const text = (maxLength: number) =>
  fc.oneof(awkward, fc.string({ unit: 'binary', maxLength }), fc.string({ maxLength }));
const line = (maxLength = 40) => text(maxLength).filter((words) => words.trim() !== '');

const number = fc.integer({ min: 0, max: 99_999_999 }).map((n) => `+1416${String(n).padStart(8, '0')}`);
const id = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const unique = <T>(item: fc.Arbitrary<T>, key: (one: T) => unknown, most = 4) =>
  fc.uniqueArray(item, { maxLength: most, selector: key });
const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] });

const group = fc.record({
  id,
  strategy: fc.constantFrom('round-robin', 'in-order', 'all-at-once'),
  numbers: fc.array(
    fc.oneof(
      number,
      fc.record(
        { number, away: fc.boolean(), seconds: fc.integer({ min: 5, max: 120 }) },
        { requiredKeys: ['number'] },
      ),
    ),
    { minLength: 1, maxLength: 3 },
  ),
});

const span = fc.constantFrom('09:00-17:00', '00:00-24:00', '13:30-14:00');
const schedule = fc
  .record({
    id,
    timezone: fc.constantFrom('America/Toronto', 'UTC'),
    open: optional({ mon: fc.array(span, { maxLength: 2 }), sun: fc.array(span, { maxLength: 2 }) }),
  })
  .chain((base) =>
    optional({
      holidays: fc.constantFrom({ country: 'NO' }, { country: 'CA', state: 'ON' }),
      closed: fc.array(fc.constantFrom('2026-12-24', '2027-01-01'), { maxLength: 2 }),
    }).map((rest) => ({ ...base, ...rest })),
  );

const rule = (groups: string[], schedules: string[]) =>
  fc.record(
    {
      name: line(),
      to: groups.length === 0 ? number : fc.oneof(number, fc.constantFrom(...groups)),
      when: fc
        .tuple(
          optional({
            callerPrefix: fc.oneof(
              number,
              fc.array(fc.constantFrom('+1', '+44', '+1416'), { minLength: 1, maxLength: 3 }),
            ),
            callerRegion: fc.constantFrom('CA', ['CA-ON', 'NO']),
            called: fc.oneof(number, fc.array(number, { minLength: 1, maxLength: 2 })),
            contact: fc.oneof(fc.constantFrom('known', 'new'), fc.record({ tag: line() })),
            field: fc.dictionary(
              fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
              fc.oneof(text(10), fc.array(text(10), { minLength: 1, maxLength: 2 })),
              { maxKeys: 3 },
            ),
          }),
          schedules.length === 0
            ? fc.constant({})
            : fc.option(fc.record({ schedule: fc.constantFrom(...schedules), open: fc.boolean() }), {
                nil: {},
              }),
        )
        .map(([some, timed]) => ({ ...some, ...timed })),
    },
    { requiredKeys: ['name', 'to'] },
  );

const webhook = fc.constantFrom('https://example.com/route', 'https://hooks.example.com:8443/a?b=c#d');

const integration = (groups: string[], schedules: string[]) =>
  fc.record(
    {
      id,
      name: line(),
      staticNumber: number,
      routerKey: fc.stringMatching(/^[A-Za-z0-9_-]{32,40}$/),
      dynamic: fc.oneof(
        fc.record(
          { webhook, timeoutMs: fc.integer({ min: 200, max: 10_000 }) },
          { requiredKeys: ['webhook'] },
        ),
        fc.record({ rules: fc.array(rule(groups, schedules), { maxLength: 4 }) }),
      ),
      ring: optional({
        seconds: fc.integer({ min: 5, max: 120 }),
        callerId: fc.constantFrom('caller', 'twilio'),
        screen: fc.boolean(),
        briefing: fc.boolean(),
      }),
      noAnswer: fc.array(fc.constantFrom('next', 'message', 'voicemail', 'text'), {
        minLength: 1,
        maxLength: 3,
      }),
    },
    { requiredKeys: ['id', 'name', 'staticNumber'] },
  );

const options = unique(line(10), (one) => one.trim(), 3).filter((list) => list.length > 0);
const field = fc
  .record({ id, label: line(), type: fc.constantFrom(...fieldTypes), required: fc.boolean(), options })
  .map(({ options: choices, ...rest }) => (rest.type === 'choice' ? { ...rest, options: choices } : rest));

const workflow = (integrations: string[]) =>
  fc
    .record(
      {
        id,
        name: line(),
        number,
        greeting: line(),
        prompt: line(200),
        transferWhen: fc.array(line(), { maxLength: 2 }),
        model: fc.constantFrom('openai:gpt-5.4', 'rehearsal:keywords', 'openai-compatible:a/b:c'),
        language: fc.constantFrom('no', 'en-US', 'fr-CA'),
        form: unique(field, (one) => one.id, 3),
        texts: unique(fc.record({ id, when: line(), body: line() }), (one) => one.id, 2),
        afterCallWebhook: webhook,
      },
      { requiredKeys: ['id', 'name', 'number', 'greeting', 'prompt', 'model'] },
    )
    .chain((base) =>
      fc
        .tuple(fc.constantFrom(...integrations), fc.boolean())
        .map(([integrationId, isCustom]) =>
          isCustom
            ? { ...base, kind: 'custom', metadata: { integration: integrationId } }
            : { ...base, integration: integrationId },
        ),
    );

const contact = fc.record(
  { number, name: line(), notes: text(60), tags: fc.array(line(), { maxLength: 2 }) },
  { requiredKeys: ['number'] },
);

/** Valid desks of every shape: all references lead somewhere, nothing is there twice. */
export const arbitraryDesk: fc.Arbitrary<Desk> = fc
  .record({
    groups: unique(group, (one) => one.id, 2),
    schedules: unique(schedule, (one) => one.id, 2),
    contacts: unique(contact, (one) => one.number),
  })
  .chain((base) =>
    unique(
      integration(
        base.groups.map((one) => one.id),
        base.schedules.map((one) => one.id),
      ),
      (one) => one.id,
      3,
    ).map((integrations) => ({ ...base, integrations })),
  )
  .filter(({ integrations }) => {
    const keys = integrations.flatMap(({ routerKey }) => routerKey ?? []);
    return new Set(keys).size === keys.length;
  })
  .chain((base) => {
    const ids = base.integrations.map((one) => one.id);
    // Without an integration there is nothing that a workflow could name.
    const most = ids.length === 0 ? 0 : 3;
    const workflows = unique(workflow(ids.length === 0 ? ['none'] : ids), (one) => one.id, most);
    return workflows.map((drawn) => ({ ...base, workflows: drawn }));
  })
  .filter(
    ({ workflows }) => new Set(workflows.map(({ number: answered }) => answered)).size === workflows.length,
  )
  .map((desk) => deskSchema.parse({ patchbay: 1, ...desk }));
