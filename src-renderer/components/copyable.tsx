import { CopyButton, VisuallyHidden } from '@mantine/core';
import styles from './copyable.module.css';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** A value that the operator needs elsewhere, like an address for the Twilio Console. */
export function Copyable({ label, value }: { label: string; value: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <button type="button" className={styles.copyable} onClick={copy} title={`Copy: ${value}`}>
          <VisuallyHidden>{copied ? 'Copied:' : 'Copy'}</VisuallyHidden>
          <span className={styles.label}>{label}</span>
          <span className={styles.value}>{value}</span>
          {copied ? <CheckIcon /> : <CopyIcon />}
        </button>
      )}
    </CopyButton>
  );
}
