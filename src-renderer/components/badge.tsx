import type { ReactNode } from 'react';
import type { Tone } from '../screens/calls/words.ts';
import styles from './badge.module.css';

/** A word or two about a state, in its tone. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
