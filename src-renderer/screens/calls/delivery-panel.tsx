import { Button } from '@mantine/core';
import { useState } from 'react';
import { assertNever, messageOf } from '../../../src-main/core/errors.ts';
import type { Delivery } from '../../../src-preload/contract/api.ts';
import { Panel } from '../../components/panel.tsx';
import { formatDayAndClock } from '../../components/times.ts';
import { useStores } from '../../stores/stores.tsx';
import styles from './panels.module.css';

/** Whether the after-call webhook has been told; one that was given up can be tried again. */
export function DeliveryPanel({ callId, delivery: read }: { callId: string; delivery: Delivery }) {
  const { client } = useStores();
  const [revived, setRevived] = useState<Delivery | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const delivery = read.state === 'dead' && revived !== null ? revived : read;
  const tryAgain = () => {
    client.calls
      .redeliver({ id: callId })
      .then(setRevived, (thrown: unknown) => setProblem(messageOf(thrown)));
  };
  return (
    <Panel title="After-call webhook">
      <p data-testid="delivery" data-state={delivery.state}>
        {wordsFor(delivery)}
      </p>
      <p className={styles.dim}>
        <code className={styles.address}>{delivery.url}</code>
      </p>
      {problem !== null && <p className={styles.dim}>{problem}</p>}
      {delivery.state === 'dead' && (
        <Button size="xs" variant="light" onClick={tryAgain}>
          Try again
        </Button>
      )}
    </Panel>
  );
}

function wordsFor({ state, attempts, nextAt, lastProblem }: Delivery): string {
  const why = lastProblem === null ? '' : `: ${lastProblem}`;
  switch (state) {
    case 'delivered':
      return 'Delivered.';
    case 'waiting':
      return attempts === 0
        ? 'On its way.'
        : `Tried ${attempts} times${why}. Next try ${formatDayAndClock(nextAt)}.`;
    case 'dead':
      return `Given up after ${attempts} ${attempts === 1 ? 'try' : 'tries'}${why}.`;
    default:
      return assertNever(state);
  }
}
