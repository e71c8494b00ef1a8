import { Button, Skeleton } from '@mantine/core';
import { type ReactNode, useId, useMemo } from 'react';
import { formatDay } from '../../components/times.ts';
import { useNow } from '../../components/use-now.ts';
import { callsNow } from '../../stores/live-state.ts';
import { byDay } from '../../stores/recent-calls.ts';
import { useLive, useRecent } from '../../stores/stores.tsx';
import { CallNowItem, RecentCallItem } from './call-items.tsx';
import styles from './call-lists.module.css';

/** The calls happening now, and those of before. */
export function CallLists({
  shownId,
  onChoose,
}: {
  shownId: string | null;
  onChoose: (callId: string) => void;
}) {
  return (
    <nav className={styles.lists} aria-label="Calls">
      <NowList shownId={shownId} onChoose={onChoose} />
      <RecentList shownId={shownId} onChoose={onChoose} />
    </nav>
  );
}

function NowList({ shownId, onChoose }: { shownId: string | null; onChoose: (callId: string) => void }) {
  const calls = useLive((state) => state.calls);
  const connection = useLive((state) => state.connection);
  const rows = useRecent((state) => state.rows);
  const open = useMemo(() => {
    const listed = new Set(rows.filter((row) => row.phase === 'ended').map((row) => row.id));
    return callsNow({ calls }, (callId) => listed.has(callId));
  }, [calls, rows]);
  return (
    <Section title="Calls now" count={open.length} stale={connection === 'lost'}>
      {open.length === 0 ? (
        <p className={styles.quiet}>
          {connection === 'connecting' ? 'Listening…' : 'No call at the moment.'}
        </p>
      ) : (
        <ul>
          {open.map((call) => (
            <CallNowItem key={call.id} call={call} shown={call.id === shownId} onChoose={onChoose} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function RecentList({ shownId, onChoose }: { shownId: string | null; onChoose: (callId: string) => void }) {
  const { rows, state, problem, more, reload, loadEarlier } = useRecent((recent) => recent);
  const today = new Date(useNow()).setHours(0, 0, 0, 0);
  const days = useMemo(() => byDay(rows), [rows]);
  if (state === 'loading') {
    return (
      <Section title="Earlier">
        <div className={styles.loading} role="status" aria-label="Earlier calls are being read">
          <Skeleton height={44} />
          <Skeleton height={44} />
          <Skeleton height={44} />
        </div>
      </Section>
    );
  }
  return (
    <>
      {state === 'failed' && (
        <div className={styles.problem} role="alert">
          <p>Earlier calls could not be read: {problem}</p>
          <Button variant="default" size="compact-xs" mt={6} onClick={() => void reload()}>
            Try again
          </Button>
        </div>
      )}
      {state === 'ready' && days.length === 0 && (
        <Section title="Earlier">
          <p className={styles.quiet}>Calls that have ended are kept here.</p>
        </Section>
      )}
      {days.map(({ day, rows: ofDay }) => (
        <Section key={day} title={day === today ? 'Earlier today' : formatDay(day, today)}>
          <ul>
            {ofDay.map((row) => (
              <RecentCallItem key={row.id} row={row} shown={row.id === shownId} onChoose={onChoose} />
            ))}
          </ul>
        </Section>
      ))}
      {more && (
        <Button variant="subtle" color="gray" size="xs" m={8} onClick={() => void loadEarlier()}>
          Show earlier calls
        </Button>
      )}
    </>
  );
}

function Section({
  title,
  count,
  stale = false,
  children,
}: {
  title: string;
  count?: number;
  stale?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id} data-stale={stale || undefined}>
      <h2 id={id} className={styles.title}>
        {title}
        {count !== undefined && count > 0 && <span className={styles.count}>{count}</span>}
      </h2>
      {children}
    </section>
  );
}
