import type { ReactNode } from 'react';
import type { CallRow, CallView } from '../../../src-preload/contract/calls.ts';
import { Badge } from '../../components/badge.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { formatClock, formatRunning, formatSpan } from '../../components/times.ts';
import { useNow } from '../../components/use-now.ts';
import styles from './call-items.module.css';
import { callerWords, outcomeWords, phaseWords } from './words.ts';

/** A call that is happening: who, where it stands, for how long. */
export function CallNowItem({
  call,
  shown,
  onChoose,
}: {
  call: CallView;
  shown: boolean;
  onChoose: (callId: string) => void;
}) {
  const now = useNow(call.endedAt === null);
  const name = callerWords(call.contact.name, call.from, (number) => formatNumber(number, call.to));
  return (
    <Item id={call.id} testId="call-now" shown={shown} onChoose={onChoose}>
      <span className={styles.pulse} data-phase={call.phase} aria-hidden="true" />
      <span className={styles.who}>{name}</span>
      <span className={styles.when}>{formatRunning((call.endedAt ?? now) - call.startedAt)}</span>
      <span className={styles.about}>
        {phaseWords[call.phase]}
        {call.workflowName !== null && ` · ${call.workflowName}`}
      </span>
    </Item>
  );
}

/** A call of before: who, how it ended, whom it reached. */
export function RecentCallItem({
  row,
  shown,
  onChoose,
}: {
  row: CallRow;
  shown: boolean;
  onChoose: (callId: string) => void;
}) {
  const format = (number: string) => formatNumber(number, row.to);
  const reached = row.destination !== null && row.outcome === 'human-on-the-line';
  return (
    <Item id={row.id} testId="recent-call" shown={shown} onChoose={onChoose}>
      <span className={styles.who}>{callerWords(row.contactName, row.from, format)}</span>
      <span className={styles.when}>{formatClock(row.startedAt)}</span>
      <span className={styles.about}>{row.summary ?? row.reason ?? row.workflowName ?? 'Not set up'}</span>
      <span className={styles.result}>
        {row.outcome !== null && (
          <Badge tone={outcomeWords[row.outcome].tone}>{outcomeWords[row.outcome].label}</Badge>
        )}
        {row.endedAt !== null && <span>{formatSpan(row.endedAt - row.startedAt)}</span>}
        {reached && row.destination !== null && <span>{format(row.destination)}</span>}
      </span>
      {row.fallbackReason !== null && <span className={styles.fallback}>Fallback: {row.fallbackReason}</span>}
    </Item>
  );
}

function Item({
  id,
  testId,
  shown,
  onChoose,
  children,
}: {
  id: string;
  testId: string;
  shown: boolean;
  onChoose: (callId: string) => void;
  children: ReactNode;
}) {
  return (
    <li>
      <button
        type="button"
        className={styles.item}
        aria-current={shown ? 'true' : undefined}
        onClick={() => onChoose(id)}
        data-testid={testId}
        data-call-id={id}
      >
        {children}
      </button>
    </li>
  );
}
