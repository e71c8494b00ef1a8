import { Loader } from '@mantine/core';
import { assertNever } from '../../../src-main/core/errors.ts';
import { CloseIcon } from '../../components/icons.tsx';
import { formatPrecise } from '../../components/times.ts';
import type { Placement } from '../../stores/rehearsals.ts';
import { useRehearsals } from '../../stores/stores.tsx';
import styles from './rehearsal-result.module.css';

/** The rehearsal that runs, and afterwards whether it met what its script expects. */
export function RehearsalResultCard() {
  const placement = useRehearsals((state) => state.placement);
  const clear = useRehearsals((state) => state.clear);
  if (placement === null) return null;
  return (
    <div className={styles.card} role="status" data-testid="rehearsal-result" data-state={stateOf(placement)}>
      <div className={styles.text}>
        <strong className={styles.title}>{placement.script.name}</strong>
        <Outcome placement={placement} />
      </div>
      {placement.state === 'running' ? (
        <Loader size={16} aria-hidden="true" />
      ) : (
        <button type="button" className={styles.close} onClick={clear} aria-label="Put the result away">
          <CloseIcon />
        </button>
      )}
    </div>
  );
}

function Outcome({ placement }: { placement: Placement }) {
  switch (placement.state) {
    case 'running':
      return <p>The rehearsal is on the line…</p>;
    case 'failed':
      return <p className={styles.bad}>{placement.problem}</p>;
    case 'over': {
      const { passed, problems, ended, tookMs } = placement.result;
      return (
        <>
          <p>
            <span className={passed ? styles.good : styles.bad}>
              {passed ? 'Went as expected' : 'Did not go as expected'}
            </span>
            : {ended}, {formatPrecise(tookMs)}
          </p>
          {problems.length > 0 && (
            <ul className={styles.problems}>
              {problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          )}
        </>
      );
    }
    default:
      return assertNever(placement);
  }
}

function stateOf(placement: Placement): 'running' | 'failed' | 'met' | 'not-met' {
  if (placement.state !== 'over') return placement.state;
  return placement.result.passed ? 'met' : 'not-met';
}
