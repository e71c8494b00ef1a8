import { useEffect, useMemo, useState } from 'react';
import type { RehearsalScript } from '../src-preload/contract/api.ts';
import styles from './app.module.css';
import type { PatchbayClient } from './client.ts';
import { Header } from './components/header.tsx';
import { Notice } from './components/notice.tsx';
import { formatNumber } from './components/phone-number.ts';
import { useNow } from './components/use-now.ts';
import { CallsScreen } from './screens/calls/calls-screen.tsx';
import { ScreenPops } from './screens/calls/screen-pop.tsx';
import { callerWords } from './screens/calls/words.ts';
import { DeskDrawer } from './screens/desk/desk-drawer.tsx';
import { RehearsalDrawer } from './screens/rehearsal/rehearsal-drawer.tsx';
import { RehearsalResultCard } from './screens/rehearsal/rehearsal-result.tsx';
import { StrangerScreen } from './screens/stranger/stranger-screen.tsx';
import { visiblePops } from './stores/live-state.ts';
import { createStores, StoresProvider, useLive, useStatus, useStores } from './stores/stores.tsx';
import { useFollow } from './stores/use-follow.ts';

/** Patchbay's window, on a client that reaches the core. */
export function App({ client }: { client: PatchbayClient }) {
  const stores = useMemo(() => createStores(client), [client]);
  return (
    <StoresProvider stores={stores}>
      <PatchbayWindow />
    </StoresProvider>
  );
}

function PatchbayWindow() {
  useFollow();
  const { live, rehearsals } = useStores();
  const connection = useLive((state) => state.connection);
  const status = useStatus((state) => state.status);
  const [drawer, setDrawer] = useState<'rehearsal' | 'desk' | null>(null);
  if (connection === 'unauthorized') return <StrangerScreen />;
  const place = (script: RehearsalScript) => {
    setDrawer(null);
    live.getState().awaitNext();
    void rehearsals.getState().place(script);
  };
  return (
    <div className={styles.window}>
      <Header status={status} onRehearse={() => setDrawer('rehearsal')} onDesk={() => setDrawer('desk')} />
      <Notices />
      <Pops />
      <CallsScreen onRehearse={() => setDrawer('rehearsal')} onDesk={() => setDrawer('desk')} />
      <RehearsalResultCard />
      <RehearsalDrawer opened={drawer === 'rehearsal'} onClose={() => setDrawer(null)} onPlace={place} />
      <DeskDrawer opened={drawer === 'desk'} onClose={() => setDrawer(null)} />
    </div>
  );
}

function Notices() {
  const connection = useLive((state) => state.connection);
  const { status, problem, dismissed, dismiss } = useStatus((state) => state);
  const warnings = (status?.warnings ?? []).filter((warning) => !dismissed.has(warning));
  return (
    <>
      {connection === 'lost' && (
        <Notice tone="bad" role="status">
          Connection to Patchbay lost, trying again…
        </Notice>
      )}
      {connection === 'live' && problem !== null && (
        <Notice tone="bad" role="status">
          Patchbay’s state could not be read: {problem}
        </Notice>
      )}
      {warnings.length > 0 && (
        <section className={styles.warnings} aria-label="Warnings">
          {warnings.map((warning) => (
            <Notice key={warning} tone="busy" onDismiss={() => dismiss(warning)}>
              {warning}
            </Notice>
          ))}
        </section>
      )}
    </>
  );
}

function Pops() {
  const { live } = useStores();
  const state = useLive((whole) => whole);
  const now = useNow(state.pops.some((pop) => !pop.dismissed));
  const calls = visiblePops(state, now);
  const [newest] = calls;
  const name =
    newest === undefined || newest.phase === 'ended'
      ? null
      : callerWords(newest.contact.name, newest.from, (number) => formatNumber(number, newest.to));
  useEffect(() => {
    document.title = name === null ? 'Patchbay' : `${name} is being put through · Patchbay`;
  }, [name]);
  return <ScreenPops calls={calls} onOpen={(callId) => live.getState().choose(callId)} />;
}
