import type { CallView } from '../../../src-preload/contract/calls.ts';
import { Badge } from '../../components/badge.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { formatRunning } from '../../components/times.ts';
import { useNow } from '../../components/use-now.ts';
import styles from './panels.module.css';
import { phoneWords } from './words.ts';

/** Who was rung, how it went, how long it took. */
export function RungList({ call }: { call: CallView }) {
  const now = useNow(call.rung.some((leg) => leg.endedAt === null));
  if (call.rung.length === 0) return null;
  return (
    <ul className={styles.rung} aria-label="Who was rung">
      {call.rung.map((leg) => (
        <li key={`${leg.dial} ${leg.destination}`}>
          <span className={styles.number}>{formatNumber(leg.destination, call.to)}</span>
          <span className={styles.dim}>{formatRunning((leg.endedAt ?? now) - leg.startedAt)}</span>
          <Badge tone={phoneWords(leg).tone}>{phoneWords(leg).label}</Badge>
        </li>
      ))}
    </ul>
  );
}
