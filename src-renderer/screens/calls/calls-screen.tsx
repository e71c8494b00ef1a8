import { useLive, useRecent, useStatus, useStores } from '../../stores/stores.tsx';
import { CallLists } from './call-lists.tsx';
import { CallScreen } from './call-screen.tsx';
import styles from './calls-screen.module.css';
import { EmptyDesk } from './empty-desk.tsx';

/** The first screen: the calls on the left, one of them on the right. */
export function CallsScreen({ onRehearse, onDesk }: { onRehearse: () => void; onDesk: () => void }) {
  const { live } = useStores();
  const shown = useLive((state) => state.shown);
  const newest = useRecent((state) => state.rows[0]?.id);
  const listState = useRecent((state) => state.state);
  const status = useStatus((state) => state.status);
  // An empty desk comes first: calls of before wait in the list.
  const deskIsEmpty = status?.workflows.length === 0;
  const callId = shown?.callId ?? (deskIsEmpty ? undefined : newest) ?? null;
  const choose = (chosen: string) => {
    live.getState().choose(chosen);
    document.getElementById('call')?.scrollTo({ top: 0 });
  };
  return (
    <div className={styles.screen}>
      <div className={styles.side}>
        <CallLists shownId={callId} onChoose={choose} />
      </div>
      <main id="call" className={styles.main} tabIndex={-1}>
        {callId !== null ? (
          <CallScreen callId={callId} onChoose={choose} />
        ) : (
          status !== null &&
          listState !== 'loading' && <EmptyDesk status={status} onRehearse={onRehearse} onDesk={onDesk} />
        )}
      </main>
    </div>
  );
}
