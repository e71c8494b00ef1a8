import { Button } from '@mantine/core';
import type { AppStatus } from '../../src-preload/contract/api.ts';
import { Copyable } from './copyable.tsx';
import styles from './header.module.css';
import { DeskIcon, PlayIcon } from './icons.tsx';

const lineWords: Record<AppStatus['twilio'], { label: string; about: string }> = {
  rehearsal: { label: 'Rehearsal line', about: 'A stand-in for Twilio: no real calls, no account needed.' },
  connected: { label: 'Twilio connected', about: 'Calls to your Twilio numbers are answered.' },
  'not-connected': {
    label: 'Twilio not connected',
    about: 'Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, then start Patchbay again.',
  },
};

/** The head of the window: which line Patchbay is on, under which addresses, and what can be done. */
export function Header({
  status,
  onRehearse,
  onDesk,
}: {
  status: AppStatus | null;
  onRehearse: () => void;
  onDesk: () => void;
}) {
  return (
    <header className={styles.header}>
      <h1 className={styles.name}>
        <Mark />
        Patchbay
      </h1>
      {status !== null && (
        <>
          <span className={styles.line} data-line={status.twilio} title={lineWords[status.twilio].about}>
            {lineWords[status.twilio].label}
          </span>
          <div className={styles.addresses}>
            <Copyable label="Webhook" value={status.webhookUrl} />
            {status.publicUrl !== null && <Copyable label="Public" value={status.publicUrl} />}
          </div>
        </>
      )}
      <div className={styles.actions}>
        {status?.rehearsal === true && (
          <Button
            size="xs"
            variant="default"
            leftSection={<PlayIcon />}
            onClick={onRehearse}
            data-testid="rehearse-menu"
          >
            Rehearse a call
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<DeskIcon />}
          onClick={onDesk}
          disabled={status === null}
          data-testid="desk-menu"
        >
          Desk
        </Button>
      </div>
    </header>
  );
}

/** Two sockets and the cord between them. */
function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" />
      <circle cx="9.5" cy="10" r="3" />
      <circle cx="22.5" cy="22" r="3" />
      <path d="M9.5 13v2.5c0 5 13 .5 13 3.5" />
    </svg>
  );
}
