import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rebuildCall } from '../../src-main/core/calls/call-state.ts';
import { CallQueries } from '../../src-main/core/database/calls.ts';
import { ContactQueries } from '../../src-main/core/database/contacts.ts';
import { openDatabase } from '../../src-main/core/database/open-database.ts';
import { systemClock } from '../../src-main/core/ports.ts';
import { ReplayService } from '../../src-main/core/routing/replay-service.ts';
import type { CallEvent, CallFact } from '../../src-preload/contract/calls.ts';
import { type BenchRow, median } from './measure.ts';

const calls = 10_000;
const rules = 100;
const rounds = 5;
const limitMs = 1000;
const silence = () => {};
const logger = { debug: silence, info: silence, warn: silence, error: silence };

/** 10,000 calls on record against an edited desk file, from the database to the list of changes; limit: a second. */
export function benchTimeMachine(): BenchRow {
  const dir = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  const db = openDatabase(join(dir, 'patchbay.db'), { logger, clock: systemClock });
  try {
    const queries = new CallQueries(db);
    db.transaction(() => {
      for (let call = 0; call < calls; call++) record(queries, call);
    })();
    const service = new ReplayService({
      decidedCalls: (limit) => queries.decidedCalls(limit),
      pastTransfers: () => [],
      contacts: new ContactQueries(db),
      isAttached: () => false,
    });
    const yaml = editedDesk();
    const costs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const startedAt = performance.now();
      const replay = service.replay({ yaml, last: calls });
      costs.push(performance.now() - startedAt);
      // Every other rule leads elsewhere than it did.
      if (replay.decisions !== calls || replay.changes.length !== calls / 2) {
        throw new Error(`${replay.changes.length} of ${replay.decisions} decisions changed`);
      }
    }
    const ms = median(costs);
    return {
      name: 'the time machine, 10,000 calls',
      measured: `${Math.round(ms)} ms`,
      baseline: `${limitMs} ms`,
      ratio: ms / limitMs,
      limit: '≤ 1',
      met: ms <= limitMs,
    };
  } finally {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const callerOf = (call: number) =>
  `+1416${String(call % rules).padStart(3, '0')}${String(call % 10_000).padStart(4, '0')}`;
const destinationOf = (rule: number) => `+1416555${String(1000 + rule)}`;

function record(queries: CallQueries, call: number): void {
  const callId = `call-${call}`;
  const facts: CallFact[] = [
    {
      type: 'received',
      callSid: `CA${call}`,
      accountSid: 'AC1',
      from: callerOf(call),
      to: '+14165550100',
      workflowId: 'reception',
      workflowName: 'Reception',
      model: 'rehearsal:keywords',
      contactId: null,
      contactName: null,
      contactKnown: false,
      safetyNet: { integrationId: 'desk', staticNumber: '+14165551234' },
    },
    { type: 'ai.said', text: 'Thanks for calling. How can I help you today?' },
    { type: 'caller.said', text: 'My boiler makes a noise and I would like somebody to look at it.' },
    { type: 'field.saved', field: 'department', value: 'repair' },
    { type: 'field.saved', field: 'name', value: 'Sam' },
    { type: 'transfer.requested', cause: 'model', reason: 'A noise', summary: 'The boiler is noisy.' },
    {
      type: 'transfer.decided',
      decision: {
        integrationId: 'desk',
        destinations: [destinationOf(call % rules)],
        via: 'rule',
        rule: `Rule ${call % rules}`,
        why: 'The number matched.',
        tookMs: 0,
      },
    },
    { type: 'ended', outcome: 'human-on-the-line' },
  ];
  const events: CallEvent[] = facts.map((fact, index) => ({
    callId,
    seq: index + 1,
    at: call * 1000 + index,
    fact,
  }));
  for (const event of events) queries.insertEvent(event);
  const view = rebuildCall(events);
  if (view !== null) queries.saveView(view);
}

function editedDesk(): string {
  const lines = Array.from({ length: rules }, (_, rule) => {
    const to = destinationOf(rule % 2 === 0 ? rule : rule + rules);
    return `        - { name: Rule ${rule}, when: { callerPrefix: "+1416${String(rule).padStart(3, '0')}" }, to: "${to}" }`;
  });
  return `patchbay: 1
integrations:
  - id: desk
    name: Desk
    staticNumber: "+14165551234"
    dynamic:
      rules:
${lines.join('\n')}
workflows:
  - { id: reception, name: Reception, number: "+14165550100", integration: desk, greeting: Hi, prompt: Talk, model: "rehearsal:keywords" }
`;
}
