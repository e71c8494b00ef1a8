import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rungPhone } from '../../../src-main/core/test-support/sample-call.ts';
import { type CallView, callPhases } from '../../../src-preload/contract/calls.ts';
import { sampleCall } from '../../stores/sample-call.ts';
import { phaseSteps } from './phase-steps.ts';

const words = (call: CallView) => phaseSteps(call).map(({ phase, state }) => `${phase} ${state}`);
const transfer: CallView['transfer'] = { cause: 'model', reason: 'r', summary: 's', at: 1 };
const rung = (status: CallView['rung'][number]['status']): CallView['rung'] => [rungPhone({ status })];

describe('the steps of a call', () => {
  it('show what a transfer would bring while the AI talks', () => {
    expect(words(sampleCall('a'))).toEqual([
      'talking now',
      'transferring ahead',
      'ringing ahead',
      'connected ahead',
      'ended ahead',
    ]);
  });

  it('leave out what never happened once the call has ended', () => {
    expect(words(sampleCall('a', { phase: 'ended' }))).toEqual(['talking done', 'ended now']);
  });

  it('tell a call that reached nobody from one that did', () => {
    const missed = sampleCall('a', { phase: 'taking-message', transfer, rung: rung('no-answer') });
    expect(words(missed)).toEqual([
      'talking done',
      'transferring done',
      'ringing done',
      'taking-message now',
      'ended ahead',
    ]);
    const reached = sampleCall('a', { phase: 'ended', transfer, rung: rung('answered') });
    expect(words(reached)).toContain('connected done');
    expect(words(reached).join()).not.toContain('taking-message');
  });

  it('have exactly one step that is now: the call’s phase', () => {
    fc.assert(
      fc.property(fc.constantFrom(...callPhases), (phase) => {
        const now = phaseSteps(sampleCall('a', { phase })).filter((step) => step.state === 'now');
        expect(now).toEqual([{ phase, state: 'now' }]);
      }),
    );
  });
});
