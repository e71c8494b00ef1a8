import { describe, expect, it } from 'vitest';
import type { CallEvent, CallFact, Decision } from '../../../src-preload/contract/calls.ts';
import { rebuildCall } from '../calls/call-state.ts';
import { CallQueries } from '../database/calls.ts';
import { memoryDatabase } from '../database/testing.ts';
import { DeskFileError } from '../desk/parse-desk-file.ts';
import type { PastTransfer } from './past-transfer.ts';
import { LogLineError, ReplayService } from './replay-service.ts';

const staticNumber = '+14165551234';
const billing = '+14165550001';
const toronto = '+14165550002';

/** A desk on which billing and Toronto are led elsewhere; `rules` in YAML's flow style. */
function deskFile(rules: string, staticTo = staticNumber): string {
  return `patchbay: 1
integrations:
  - { id: desk, name: Desk, staticNumber: "${staticTo}", dynamic: { rules: [${rules}] } }
groups:
  - { id: team, strategy: round-robin, numbers: ["${billing}", "${toronto}"] }
workflows:
  - { id: reception, name: Reception, number: "+14165550100", integration: desk, greeting: Hi, prompt: Talk, model: "rehearsal:keywords" }
`;
}
const billingRule = `{ name: Billing, when: { field: { department: [billing] } }, to: "${billing}" }`;
const torontoRule = `{ name: Toronto, when: { callerPrefix: "+1416" }, to: "${toronto}" }`;

function decided(destinations: string[], more: Partial<Decision> = {}): Decision {
  return { integrationId: 'desk', destinations, via: 'rule', why: 'As it was.', tookMs: 1, ...more };
}

interface Circumstances {
  fields?: Record<string, string>;
  contactKnown?: boolean;
  cause?: 'model' | 'model-error';
}

function eventsOf(
  callId: string,
  decision: Decision,
  { fields = {}, contactKnown = false, cause = 'model' }: Circumstances = {},
): CallEvent[] {
  const facts: CallFact[] = [
    {
      type: 'received',
      callSid: `CA${callId}`,
      accountSid: 'AC1',
      from: '+14165557777',
      to: '+14165550100',
      workflowId: 'reception',
      workflowName: 'Reception',
      model: 'rehearsal:keywords',
      contactId: null,
      contactName: null,
      contactKnown,
      safetyNet: { integrationId: 'desk', staticNumber },
    },
    { type: 'caller.said', text: 'Hello' },
    ...Object.entries(fields).map(([field, value]): CallFact => ({ type: 'field.saved', field, value })),
    { type: 'transfer.requested', cause, reason: 'r', summary: 's' },
    { type: 'transfer.decided', decision },
    { type: 'ended', outcome: 'human-on-the-line' },
  ];
  return facts.map((fact, index) => ({ callId, seq: index + 1, at: 1_000 + index, fact }));
}

function serviceOf(calls: CallEvent[][], transfers: PastTransfer[] = []) {
  const queries = new CallQueries(memoryDatabase());
  for (const events of calls) {
    for (const event of events) queries.insertEvent(event);
    const view = rebuildCall(events);
    if (view !== null) queries.saveView(view);
  }
  return new ReplayService({
    decidedCalls: (limit) => queries.decidedCalls(limit),
    pastTransfers: () => transfers,
    contacts: { facts: () => ({ known: true, tags: ['today'] }) },
    isAttached: (number) => number === '+14165550100',
  });
}

describe('replay', () => {
  it('lists each decision that the edited desk makes otherwise, and counts the others', () => {
    const service = serviceOf([
      eventsOf('a', decided([billing]), { fields: { department: 'Billing' } }),
      eventsOf('b', decided([toronto])),
    ]);
    const replay = service.replay({ yaml: deskFile(torontoRule), last: 10 });
    expect(replay).toMatchObject({ decisions: 2, same: 1, unknown: 0 });
    expect(replay.changes).toEqual([
      {
        callId: 'a',
        at: expect.any(Number),
        number: '+14165557777',
        integrationId: 'desk',
        before: { destinations: [billing], together: [], why: 'As it was.' },
        after: { destinations: [toronto], together: [], why: expect.stringContaining('Toronto') },
      },
    ]);
    expect(service.replay({ yaml: deskFile(`${billingRule}, ${torontoRule}`), last: 10 }).changes).toEqual(
      [],
    );
    expect(service.replay({ yaml: deskFile(torontoRule), last: 1 }).decisions).toBe(1);
  });

  it('goes by the turn that a group had then', () => {
    const turn = decided([toronto], { group: 'team', seen: { lastTaken: billing } });
    const team = '{ name: Team, to: team }';
    expect(serviceOf([eventsOf('a', turn)]).replay({ yaml: deskFile(team), last: 10 }).changes).toEqual([]);
  });

  it('takes the static number when the AI could not go on, whatever the rules say', () => {
    const fell = decided([staticNumber], { via: 'fallback', fallbackReason: 'the AI failed' });
    const service = serviceOf([eventsOf('a', fell, { cause: 'model-error' })]);
    expect(service.replay({ yaml: deskFile(torontoRule), last: 10 })).toMatchObject({ same: 1, changes: [] });
    const moved = service.replay({ yaml: deskFile(torontoRule, '+14165559999'), last: 10 });
    expect(moved.changes.map(({ after }) => after?.destinations)).toEqual([['+14165559999']]);
  });

  it('asks no webhook, and says what rules in place of one would do', () => {
    const service = serviceOf([
      eventsOf('a', decided([billing], { via: 'webhook' })),
      eventsOf('b', decided([staticNumber], { via: 'fallback', fallbackReason: 'the webhook failed' })),
      eventsOf('c', decided([toronto])),
    ]);
    const withWebhook = deskFile('').replace('rules: []', 'webhook: "https://example.com/route"');
    expect(service.replay({ yaml: withWebhook, last: 10 })).toMatchObject({ unknown: 3, changes: [] });
    const { same, unknown, changes } = service.replay({ yaml: deskFile(torontoRule), last: 10 });
    expect({ same, unknown }).toEqual({ same: 1, unknown: 0 });
    expect(changes.map(({ before, after }) => [before.destinations, after?.destinations]).toSorted()).toEqual(
      [
        [[billing], [toronto]],
        [[staticNumber], [toronto]],
      ],
    );
  });

  it('goes by the tags that a contact had then, and by those of today where the log does not say', () => {
    const rules = `{ name: Then, when: { contact: { tag: then } }, to: "${billing}" }, { name: Today, when: { contact: { tag: today } }, to: "${toronto}" }`;
    const outcomes = (seen: Decision['seen'], contactKnown: boolean) =>
      serviceOf([eventsOf('a', decided([staticNumber], { via: 'static', seen }), { contactKnown })])
        .replay({ yaml: deskFile(rules), last: 10 })
        .changes.map(({ after }) => after?.destinations);
    expect(outcomes({ tags: ['then'] }, true)).toEqual([[billing]]);
    expect(outcomes({ tags: [] }, true)).toEqual([]);
    expect(outcomes(undefined, true)).toEqual([[toronto]]);
    expect(outcomes(undefined, false)).toEqual([]);
  });

  it('shows an integration that the edited desk no longer has', () => {
    const yaml = deskFile('')
      .replaceAll('id: desk', 'id: other')
      .replaceAll('integration: desk', 'integration: other');
    const service = serviceOf([eventsOf('a', decided([billing], { integrationId: 'gone' }))]);
    expect(service.replay({ yaml, last: 10 }).changes).toMatchObject([
      { after: { destinations: [staticNumber] } },
    ]);
    const withoutWorkflow = yaml.slice(0, yaml.indexOf('workflows:'));
    expect(service.replay({ yaml: withoutWorkflow, last: 10 }).changes).toMatchObject([{ after: null }]);
  });

  it('replays transfers of other platforms, which are answered with one destination', () => {
    const wentBy = { fields: { department: 'billing' }, known: true, seen: { lastTaken: billing } };
    const transfer: PastTransfer = {
      at: 5,
      integrationId: 'desk',
      caller: '+14165557777',
      called: null,
      destination: billing,
      fallbackReason: null,
      wentBy,
    };
    const changesWith = (rules: string, destination: string) => {
      const yaml = deskFile(rules).replace('name: Desk,', 'name: Desk, noAnswer: [next, message],');
      return serviceOf([], [{ ...transfer, destination }]).replay({ yaml, last: 10 }).changes;
    };
    expect(changesWith(torontoRule, billing)).toMatchObject([
      { callId: null, at: 5, after: { destinations: [toronto] } },
    ]);
    expect(changesWith(torontoRule, toronto), 'the next destinations are not its').toEqual([]);
    expect(changesWith(billingRule, billing), 'what the platform’s AI collected').toEqual([]);
    expect(changesWith('{ name: Team, to: team }', toronto), 'whose turn it was').toEqual([]);
    expect(changesWith(`{ name: Old, when: { contact: known }, to: "${billing}" }`, billing)).toEqual([]);
  });

  it('takes an exported log in place of what is on record', () => {
    const transfer: PastTransfer = {
      at: 5,
      integrationId: 'desk',
      caller: null,
      called: null,
      destination: billing,
      fallbackReason: null,
      wentBy: { fields: { department: 'billing' }, known: false },
    };
    const log = serviceOf(
      [eventsOf('a', decided([billing]), { fields: { department: 'billing' } })],
      [transfer],
    ).exportLog(10);
    expect(log.trim().split('\n')).toHaveLength(5);
    const elsewhere = serviceOf([]);
    expect(elsewhere.replay({ yaml: deskFile(''), last: 10, log }).changes).toHaveLength(2);
    expect(elsewhere.replay({ yaml: deskFile(billingRule), last: 10, log })).toMatchObject({
      decisions: 2,
      same: 2,
    });
  });

  it('says what is wrong with a desk file or a log', () => {
    const service = serviceOf([]);
    expect(() => service.replay({ yaml: 'patchbay: 2', last: 1 })).toThrow(DeskFileError);
    expect(() => service.replay({ yaml: deskFile(''), last: 1, log: '\n{"callId":1}' })).toThrow(
      LogLineError,
    );
    expect(() => service.replay({ yaml: deskFile(''), last: 1, log: '\nnonsense' })).toThrow(
      /line 2 of the log/,
    );
  });
});
