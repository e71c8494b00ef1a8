import type { ReactNode } from 'react';
import { CloseIcon, WarningIcon } from './icons.tsx';
import styles from './notice.module.css';

/** A line across the screen about what the operator should know. */
export function Notice({
  tone,
  role,
  onDismiss,
  children,
}: {
  tone: 'busy' | 'bad';
  role?: 'status' | 'alert';
  onDismiss?: () => void;
  children: ReactNode;
}) {
  return (
    <div className={styles.notice} data-tone={tone} role={role}>
      <span className={styles.icon}>
        <WarningIcon />
      </span>
      <div className={styles.text}>{children}</div>
      {onDismiss !== undefined && (
        <button type="button" className={styles.close} onClick={onDismiss} aria-label="Dismiss this warning">
          <CloseIcon />
        </button>
      )}
    </div>
  );
}
