import { beforeEach, describe, expect, it } from 'vitest';
import type { CallEvent, CallFact } from '../../../src-preload/contract/calls.ts';
import { endedCall, rungPhone } from '../test-support/sample-call.ts';
import { CallQueries } from './calls.ts';
import { ContactQueries } from './contacts.ts';
import type { Db } from './open-database.ts';
import { memoryDatabase } from './testing.ts';

let db: Db;
let calls: CallQueries;
beforeEach(() => {
  db = memoryDatabase();
  calls = new CallQueries(db);
});

const said = (text: string): CallFact => ({ type: 'caller.said', text });
const event = (callId: string, seq: number, fact: CallFact): CallEvent => ({
  callId,
  seq,
  at: 1_000 + seq,
  fact,
});

describe('CallQueries', () => {
  it('gives back the events of a call in their order, unchanged', () => {
    const events = [
      event('a', 1, said('Hello, “Ünïcode” \u0000 here')),
      event('a', 2, {
        type: 'dial.started',
        destination: '+14165551234',
        callerId: '+14165557777',
        ringSeconds: 20,
      }),
    ];
    for (const one of events.toReversed()) calls.insertEvent(one);
    calls.insertEvent(event('b', 1, said('another call')));
    expect(calls.eventsOf('a')).toEqual(events);
    expect(calls.eventsOf('none')).toEqual([]);
  });

  it('takes each place in a call’s log once', () => {
    calls.insertEvent(event('a', 1, said('one')));
    expect(() => calls.insertEvent(event('a', 1, said('two')))).toThrow(/UNIQUE/);
  });

  it('finds the open calls with their events, the oldest first', () => {
    calls.saveView(endedCall({ id: 'late', callSid: 'CA1', endedAt: null, startedAt: 2_000 }));
    calls.saveView(endedCall({ id: 'early', callSid: 'CA2', endedAt: null, startedAt: 1_000 }));
    calls.saveView(endedCall({ id: 'over', callSid: 'CA3' }));
    for (const id of ['late', 'early', 'over']) {
      calls.insertEvent(event(id, 1, said(`first of ${id}`)));
      calls.insertEvent(event(id, 2, said(`second of ${id}`)));
    }
    expect(calls.openCallEvents()).toEqual([
      {
        callId: 'early',
        events: [event('early', 1, said('first of early')), event('early', 2, said('second of early'))],
      },
      {
        callId: 'late',
        events: [event('late', 1, said('first of late')), event('late', 2, said('second of late'))],
      },
    ]);
    calls.saveView(endedCall({ id: 'late', callSid: 'CA1', endedAt: 3_000, startedAt: 2_000 }));
    expect(calls.openCallEvents().map((open) => open.callId)).toEqual(['early']);
  });

  it('knows a call by Twilio’s SID', () => {
    calls.saveView(endedCall());
    expect(calls.idBySid(endedCall().callSid)).toBe('call-1');
    expect(calls.idBySid('CA-none')).toBeUndefined();
  });

  it('lists the newest first, page by page', () => {
    for (const at of [1, 2, 3, 4, 5])
      calls.saveView(endedCall({ id: `c${at}`, callSid: `CA${at}`, startedAt: at }));
    expect(calls.list({ limit: 2 }).map((row) => row.id)).toEqual(['c5', 'c4']);
    expect(calls.list({ limit: 2, before: 4 }).map((row) => row.id)).toEqual(['c3', 'c2']);
    expect(calls.list({ limit: 9, before: 1 })).toEqual([]);
  });

  it('shows in a row what the last view said', () => {
    const contacts = new ContactQueries(db);
    const { id } = contacts.ensure('+14165557777', 1).contact;
    const contact = { id, name: null, known: false };
    calls.saveView(endedCall({ contact, phase: 'talking', outcome: null, endedAt: null }));
    contacts.setNameIfEmpty(id, 'Sam');
    const call = endedCall({
      contact,
      outcome: 'human-on-the-line',
      transfer: { cause: 'model', reason: 'A leak', summary: 'Water everywhere', at: 5 },
      decision: {
        integrationId: 'front-desk',
        destinations: ['+14165551111', '+14165552222'],
        via: 'fallback',
        why: 'It did not answer.',
        fallbackReason: 'it did not answer within 2 s',
        tookMs: 2_000.5,
      },
      rung: [rungPhone({ destination: '+14165552222', status: 'answered' })],
      summary: 'A leak was reported.',
    });
    calls.saveView(call);
    expect(calls.list({ limit: 10 })).toEqual([
      {
        id: 'call-1',
        from: '+14165557777',
        to: '+14165550100',
        workflowId: 'reception',
        workflowName: 'Reception',
        model: 'rehearsal:keywords',
        phase: 'ended',
        outcome: 'human-on-the-line',
        startedAt: call.startedAt,
        endedAt: call.endedAt,
        summary: 'A leak was reported.',
        contactName: 'Sam',
        reason: 'A leak',
        destination: '+14165552222',
        fallbackReason: 'it did not answer within 2 s',
      },
    ]);
  });
});
