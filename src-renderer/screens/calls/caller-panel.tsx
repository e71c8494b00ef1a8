import { Skeleton } from '@mantine/core';
import type { CallerCard, CallView } from '../../../src-preload/contract/calls.ts';
import { Badge } from '../../components/badge.tsx';
import { Panel } from '../../components/panel.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { formatDayAndClock } from '../../components/times.ts';
import styles from './panels.module.css';
import { outcomeWords } from './words.ts';

const HISTORY_SHOWN = 5;

/** Who calls: what is known of the contact, and the calls of before. */
export function CallerPanel({
  call,
  caller,
  onChoose,
}: {
  call: CallView;
  caller: CallerCard | null;
  onChoose: (callId: string) => void;
}) {
  const name = caller?.name ?? call.contact.name;
  return (
    <Panel
      title="Caller"
      aside={<Badge tone="soft">{call.contact.known ? 'Known contact' : 'New caller'}</Badge>}
    >
      <p className={styles.strong}>{name ?? (call.from === null ? 'Withheld number' : 'No name yet')}</p>
      {call.from !== null && (
        <p className={styles.number} title={call.from}>
          {formatNumber(call.from, call.to)}
        </p>
      )}
      {caller === null ? (
        <Skeleton height={12} mt={12} width="70%" />
      ) : (
        <Known caller={caller} onChoose={onChoose} />
      )}
    </Panel>
  );
}

function Known({ caller, onChoose }: { caller: CallerCard; onChoose: (callId: string) => void }) {
  const earlier = caller.history.length - HISTORY_SHOWN;
  return (
    <>
      {caller.tags.length > 0 && (
        <ul className={styles.tags} aria-label="Tags">
          {caller.tags.map((tag) => (
            <li key={tag}>{tag}</li>
          ))}
        </ul>
      )}
      {caller.notes !== '' && <p className={styles.notes}>{caller.notes}</p>}
      {caller.history.length > 0 && (
        <>
          <h4 className={styles.subtitle}>Calls before</h4>
          <ul className={styles.history}>
            {caller.history.slice(0, HISTORY_SHOWN).map((past) => (
              <li key={past.callId}>
                <button type="button" onClick={() => onChoose(past.callId)}>
                  <span className={styles.dim}>
                    {formatDayAndClock(past.at)}
                    {past.outcome !== null && ` · ${outcomeWords[past.outcome].label}`}
                  </span>
                  {past.summary !== null && <span className={styles.clamped}>{past.summary}</span>}
                </button>
              </li>
            ))}
          </ul>
          {earlier > 0 && <p className={styles.dim}>and {earlier} more</p>}
        </>
      )}
    </>
  );
}
