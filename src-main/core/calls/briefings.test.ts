import { describe, expect, it, vi } from 'vitest';
import type { CallFact, CallView } from '../../../src-preload/contract/calls.ts';
import { FakeModel, quietLogger, type Step, workflow } from '../receptionist/test-support.ts';
import { openCall } from '../test-support/sample-call.ts';
import { ownBriefing, spokenBriefing } from './briefing-words.ts';
import { Briefings, type BriefingsDeps } from './briefings.ts';
import { reduceCall } from './call-state.ts';
import { phrasesFor } from './phrases.ts';

const asked = (changes: Partial<NonNullable<CallView['transfer']>> = {}): CallView['transfer'] => ({
  cause: 'caller-key',
  reason: 'The caller pressed 0 to reach a person',
  summary: 'On the form: name: Ann.',
  at: 5,
  ...changes,
});

/** A call in which a person was asked for, on a desk whose integration briefs. */
function briefed(changes: Partial<CallView>, answers: Step[][] = [], ring = { briefing: true }) {
  let call = openCall({
    model: 'openai:gpt-5.4',
    transcript: [{ who: 'caller', text: 'My tap drips', at: 1 }],
    transfer: asked(),
    ...changes,
  });
  const model = new FakeModel(...answers);
  const written: string[] = [];
  const log = {
    view: () => call,
    append: async (callId: string, fact: CallFact) => {
      if (fact.type === 'briefing.ready') written.push(fact.text);
      call = reduceCall(call, { callId, seq: call.lastSeq + 1, at: 9, fact });
      return 'durable' as const;
    },
  };
  const desk = {
    integrationOf: () => ({ ring: { screen: false, warm: false, ...ring } }),
    workflowOf: () => workflow(),
    phrasesOf: () => phrasesFor('en'),
  };
  const deps = { log, desk, models: { model: () => model }, logger: quietLogger };
  const briefings = new Briefings(deps as unknown as BriefingsDeps);
  return { briefings, model, written, call: () => call, append: log.append };
}

describe('the briefing', () => {
  it('is the summary of the hand-over at once, when the model gave one', () => {
    const { briefings, model, call } = briefed({
      transfer: asked({ cause: 'model', reason: 'A leak', summary: 'Ann has a leak in the kitchen' }),
    });
    briefings.prepare('call-1');
    expect(call().briefing).toEqual({ text: 'Ann has a leak in the kitchen.', by: 'model' });
    expect(model.requests).toEqual([]);
  });

  it('is asked for in the background else; whoever picks up before hears Patchbay’s own', async () => {
    const { briefings, call } = briefed({}, [['Wants the tap mended today.']]);
    briefings.prepare('call-1');
    expect(call().briefing).toBeNull();
    expect(briefings.spoken(call())).toMatch(/^A call from .* The caller pressed zero/);
    expect(call().briefing?.by).toBe('patchbay');
    await vi.waitFor(() =>
      expect(call().briefing).toEqual({ text: 'Wants the tap mended today.', by: 'model' }),
    );
    expect(briefings.spoken(call())).toMatch(/^A call from .* Wants the tap mended today\.$/);
  });

  it('is asked for when the model handed over without a summary', async () => {
    const { briefings, call } = briefed({ transfer: asked({ cause: 'model', summaryBy: 'patchbay' }) }, [
      ['A dripping tap.'],
    ]);
    briefings.prepare('call-1');
    await vi.waitFor(() => expect(call().briefing?.text).toBe('A dripping tap.'));
  });

  it('is the summary of the platform that hands the caller over, where it gave one', () => {
    const { briefings, model, call } = briefed({
      transfer: asked({ cause: 'platform', summary: 'The last bill was paid twice' }),
    });
    briefings.prepare('call-1');
    expect(call().briefing).toEqual({ text: 'The last bill was paid twice.', by: 'platform' });
    expect(briefings.spoken(call())).toMatch(/^A call from .* The last bill was paid twice\.$/);
    expect(model.requests).toEqual([]);
  });

  it('is not that of an earlier request', async () => {
    const { briefings, written, append } = briefed({}, [['The tap.'], ['The boiler.']]);
    briefings.prepare('call-1');
    await append('call-1', { type: 'transfer.requested', cause: 'caller-key', reason: 'again', summary: '' });
    briefings.prepare('call-1');
    await vi.waitFor(() => expect(written).toContain('The boiler.'));
    expect(written).toEqual(['The boiler.']);
  });

  it('asks no model that has failed, and none where nobody is briefed', () => {
    const failed = briefed({ modelFailed: 'silent', transfer: asked({ cause: 'model-error' }) });
    failed.briefings.prepare('call-1');
    const silent = briefed({}, [], { briefing: false });
    silent.briefings.prepare('call-1');
    expect([...failed.model.requests, ...silent.model.requests]).toEqual([]);
    expect(silent.call().briefing).toBeNull();
    expect(failed.briefings.spoken(failed.call())).toContain(
      'The AI could not go on. The caller said: “My tap drips”',
    );
  });
});

describe('the words of a briefing', () => {
  const words = phrasesFor('en').briefing;

  it('say who calls: by name, by number digit by digit, or withheld', () => {
    const call = openCall({ transfer: asked() });
    const who = (changes: Partial<CallView>) => ownBriefing({ ...call, ...changes }, undefined, words);
    expect(who({ contact: { id: 1, name: 'Corner Bakery', known: true } })).toMatch(
      /^A call from Corner Bakery\./,
    );
    expect(who({ from: '+14165557777' })).toMatch(/^A call from 4 1 6, 5 5 5, 7 7 7 7\./);
    expect(who({ from: null })).toMatch(/^A call from a withheld number\./);
  });

  it('hold what another platform told, each thing once', () => {
    const fields = {
      callReason: 'A wrong bill',
      'call-reason': 'A wrong bill',
      order_no: '12',
      'order-no': '12',
    };
    const handedOver: NonNullable<CallView['handedOver']> = {
      transferId: 1,
      integrationId: 'desk',
      dialect: 'vapi',
      platform: 'Vapi',
      matchedBy: 'caller',
      called: null,
      fields,
    };
    const call = openCall({ handedOver, transfer: asked({ cause: 'platform', reason: 'A wrong bill' }) });
    const told = { ...call, handedOver: { ...handedOver, reason: 'A wrong bill' } };
    expect(ownBriefing(told, undefined, words)).toMatch(/ A wrong bill\. On the form: order_no: 12\.$/);
    const untold = { ...call, handedOver: { ...handedOver, fields: {} } };
    for (const language of ['en', 'fr', 'es']) {
      expect(ownBriefing(untold, undefined, phrasesFor(language).briefing)).toContain('Vapi');
    }
  });

  it('hold the form by its labels, and stay short', () => {
    const call = openCall({ transfer: asked(), form: { name: 'Ann' } });
    expect(ownBriefing(call, workflow(), words)).toContain('On the form: Your name: Ann.');
    const long = { text: 'word '.repeat(500), by: 'model' as const };
    expect(spokenBriefing(call, long, words).length).toBeLessThanOrEqual(280);
  });
});
