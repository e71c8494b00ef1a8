import type { CallView } from '../../../src-preload/contract/calls.ts';
import styles from './phase-bar.module.css';
import { phaseSteps } from './phase-steps.ts';
import { outcomeWords, phaseWords } from './words.ts';

/** How far the call has come. */
export function PhaseBar({ call }: { call: CallView }) {
  return (
    <ol className={styles.bar} aria-label="Steps of the call">
      {phaseSteps(call).map(({ phase, state }) => (
        <li
          key={phase}
          className={styles.step}
          data-state={state}
          data-ended={phase === 'ended' && state === 'now' ? '' : undefined}
          aria-current={state === 'now' ? 'step' : undefined}
        >
          {phase === 'ended' && call.outcome !== null ? outcomeWords[call.outcome].label : phaseWords[phase]}
        </li>
      ))}
    </ol>
  );
}
