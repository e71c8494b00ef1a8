import { Button, Skeleton } from '@mantine/core';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import { ModelName } from '../../components/model-name.tsx';
import { Panel } from '../../components/panel.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { formatDayAndClock, formatRunning, formatSpan } from '../../components/times.ts';
import { useNow } from '../../components/use-now.ts';
import { useLive } from '../../stores/stores.tsx';
import styles from './call-screen.module.css';
import { CallerPanel } from './caller-panel.tsx';
import { DecisionPanel } from './decision-panel.tsx';
import { DeliveryPanel } from './delivery-panel.tsx';
import { EventLog } from './event-log.tsx';
import { PhaseBar } from './phase-bar.tsx';
import { FormPanel, ResultPanels } from './result-panels.tsx';
import { Transcript } from './transcript.tsx';
import { useCallDetail } from './use-call-detail.ts';
import { callerWords } from './words.ts';

/** One call with everything about it. */
export function CallScreen({ callId, onChoose }: { callId: string; onChoose: (callId: string) => void }) {
  const reading = useCallDetail(callId);
  const speaking = useLive((state) => state.speaking[callId] ?? '');
  if (reading.state === 'loading') return <Loading />;
  if (reading.state === 'failed') {
    return (
      <div className={styles.failed} role="alert">
        <h2 className={styles.name}>This call could not be read</h2>
        <p>{reading.problem}</p>
        <Button variant="light" size="xs" onClick={reading.again}>
          Try again
        </Button>
      </div>
    );
  }
  const { call, events, caller, delivery } = reading.shown;
  return (
    <article className={styles.call} aria-label="Call" data-testid="call-screen" data-call-id={call.id}>
      <Title call={call} />
      <div className={styles.columns}>
        <div className={styles.main}>
          <ResultPanels call={call} />
          <Panel title="Transcript">
            <Transcript
              key={call.id}
              lines={call.transcript}
              speaking={speaking}
              open={call.phase !== 'ended'}
            />
            {call.modelFailed !== null && <p className={styles.failure}>The AI failed: {call.modelFailed}</p>}
          </Panel>
        </div>
        <div className={styles.side}>
          <DecisionPanel call={call} />
          <CallerPanel call={call} caller={caller} onChoose={onChoose} />
          <FormPanel call={call} />
          {delivery !== null && <DeliveryPanel callId={call.id} delivery={delivery} />}
        </div>
      </div>
      <EventLog key={call.id} events={events} />
    </article>
  );
}

function Title({ call }: { call: CallView }) {
  const format = (number: string) => formatNumber(number, call.to);
  return (
    <header>
      <h2 className={styles.name}>{callerWords(call.contact.name, call.from, format)}</h2>
      <p className={styles.meta}>
        {call.contact.name !== null && call.from !== null && <span>{format(call.from)}</span>}
        <span>
          to {call.workflowName ?? 'a number that is not set up'} · {format(call.to)}
        </span>
        <span>{formatDayAndClock(call.startedAt)}</span>
        <Length call={call} />
        {call.model !== null && <ModelName model={call.model} />}
      </p>
      <PhaseBar call={call} />
    </header>
  );
}

function Length({ call }: { call: CallView }) {
  const now = useNow(call.endedAt === null);
  return (
    <span className={styles.length}>
      {call.endedAt === null
        ? formatRunning(now - call.startedAt)
        : formatSpan(call.endedAt - call.startedAt)}
    </span>
  );
}

function Loading() {
  return (
    <div className={styles.call} aria-busy="true" role="status" aria-label="The call is being read">
      <Skeleton height={28} width={240} />
      <Skeleton height={14} width={380} />
      <Skeleton height={280} mt={12} />
    </div>
  );
}
