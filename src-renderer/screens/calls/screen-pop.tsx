import { Button, VisuallyHidden } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { tellingPhone } from '../../../src-main/core/calls/rung-state.ts';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import { Badge } from '../../components/badge.tsx';
import { ArrowIcon } from '../../components/icons.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { formatRunning } from '../../components/times.ts';
import { useNow } from '../../components/use-now.ts';
import { useStores } from '../../stores/stores.tsx';
import { FormFields } from './form-fields.tsx';
import styles from './screen-pop.module.css';
import { callerWords, outcomeWords, phaseWords, phoneWords, speakerWords, type Tone } from './words.ts';

const LINES_SHOWN = 4;

/**
 * What the human who picks up would not know otherwise: who calls, why, and what was said. It is announced, but
 * takes no focus: the operator may be typing.
 */
export function ScreenPop({
  call,
  onOpen,
  onDismiss,
}: {
  call: CallView;
  onOpen: () => void;
  onDismiss: () => void;
}) {
  const format = (number: string) => formatNumber(number, call.to);
  const name = callerWords(call.contact.name, call.from, format);
  const reason = call.transfer?.reason ?? 'The caller needs a person';
  const dismissOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onDismiss();
  };
  return (
    <section
      className={styles.pop}
      aria-label={`Transfer of ${name}`}
      data-testid="screen-pop"
      data-call-id={call.id}
      data-phase={call.phase}
      onKeyDown={dismissOnEscape}
    >
      <div className={styles.head}>
        <div className={styles.who} role="alert">
          <VisuallyHidden>A call is being transferred:</VisuallyHidden>
          <h2 className={styles.name}>
            {name}
            {call.contact.name !== null && call.from !== null && (
              <span className={styles.number}>{format(call.from)}</span>
            )}
          </h2>
          <p className={styles.reason}>{reason}</p>
        </div>
        <Destination call={call} />
        <div className={styles.actions}>
          <Button size="xs" variant="default" onClick={onOpen}>
            Open call
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={onDismiss} data-testid="dismiss-pop">
            Dismiss
          </Button>
        </div>
      </div>
      <Background call={call} />
    </section>
  );
}

function Background({ call }: { call: CallView }) {
  const summary = call.transfer?.summary ?? '';
  const lines = call.transcript.slice(-LINES_SHOWN);
  const hasForm = Object.keys(call.form).length > 0;
  return (
    <div className={styles.background}>
      {(summary !== '' || hasForm) && (
        <div className={styles.part}>
          {summary !== '' && (
            <>
              <h3>So far</h3>
              <p>{summary}</p>
            </>
          )}
          {hasForm && (
            <>
              <h3>Form</h3>
              <FormFields form={call.form} />
            </>
          )}
        </div>
      )}
      {lines.length > 0 && (
        <div className={styles.part}>
          <h3>Last words</h3>
          <ul className={styles.lines}>
            {lines.map((line) => (
              <li key={`${line.at} ${line.who} ${line.text}`} data-who={line.who}>
                <span>{speakerWords[line.who]}</span> {line.text}
                {line.interrupted === true && ' …'}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** The destination of the moment and how it stands. */
function Destination({ call }: { call: CallView }) {
  const now = useNow(call.phase !== 'ended');
  const leg = tellingPhone(call.rung);
  const destination = leg?.destination ?? call.decision?.destinations[0];
  if (destination === undefined) return null;
  const since = leg !== undefined && leg.endedAt === null ? formatRunning(now - leg.startedAt) : null;
  const { label, tone } = stateWords(call);
  return (
    <div className={styles.destination}>
      <ArrowIcon />
      <span className={styles.where}>{formatNumber(destination, call.to)}</span>
      <Badge tone={tone}>
        {label}
        {since !== null && ` ${since}`}
      </Badge>
    </div>
  );
}

function stateWords(call: CallView): { label: string; tone: Tone } {
  const leg = tellingPhone(call.rung);
  if (call.phase === 'ended' && call.outcome !== null) return outcomeWords[call.outcome];
  if (call.phase === 'connected') return { label: phaseWords.connected, tone: 'good' };
  if (call.phase === 'taking-message')
    return { label: 'Nobody picked up, the AI takes a message', tone: 'bad' };
  if (leg === undefined) return { label: 'About to ring', tone: 'busy' };
  return phoneWords(leg);
}

/** The screen pops of all calls that are being transferred, the newest on top. */
export function ScreenPops({
  calls,
  onOpen,
}: {
  calls: readonly CallView[];
  onOpen: (callId: string) => void;
}) {
  const { live } = useStores();
  if (calls.length === 0) return null;
  const dismiss = (callId: string) => {
    live.getState().dismissPop(callId);
    document.getElementById('call')?.focus();
  };
  return (
    <div className={styles.pops}>
      {calls.map((call) => (
        <ScreenPop
          key={call.id}
          call={call}
          onOpen={() => onOpen(call.id)}
          onDismiss={() => dismiss(call.id)}
        />
      ))}
    </div>
  );
}
