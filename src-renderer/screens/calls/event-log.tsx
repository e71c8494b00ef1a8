import type { CallEvent } from '../../../src-preload/contract/calls.ts';
import { ChevronIcon } from '../../components/icons.tsx';
import { formatExactClock } from '../../components/times.ts';
import { describeFact } from './describe-fact.ts';
import styles from './event-log.module.css';

/** Every fact of the call, in order, as sentences. */
export function EventLog({ events }: { events: readonly CallEvent[] }) {
  return (
    <details className={styles.log}>
      <summary>
        <ChevronIcon />
        Everything that happened
        <span className={styles.count}>{events.length}</span>
      </summary>
      <ol className={styles.events} data-testid="call-events">
        {events.map((event) => (
          <li key={event.seq} data-fact={event.fact.type}>
            <time className={styles.time} dateTime={new Date(event.at).toISOString()}>
              {formatExactClock(event.at)}
            </time>
            <span>{describeFact(event.fact)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
