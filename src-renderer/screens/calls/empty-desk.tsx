import { Button } from '@mantine/core';
import type { AppStatus } from '../../../src-preload/contract/api.ts';
import { ModelName } from '../../components/model-name.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { useRehearsals } from '../../stores/stores.tsx';
import { useLoadPracticeDesk } from '../desk/use-load-practice-desk.ts';
import styles from './empty-desk.module.css';

/** The screen before the first call: what Patchbay needs next, said as it is. */
export function EmptyDesk({
  status,
  onRehearse,
  onDesk,
}: {
  status: AppStatus;
  onRehearse: () => void;
  onDesk: () => void;
}) {
  return (
    <div className={styles.empty}>
      {status.workflows.length === 0 ? (
        <NoWorkflows status={status} onDesk={onDesk} />
      ) : (
        <Ready status={status} onRehearse={onRehearse} onDesk={onDesk} />
      )}
    </div>
  );
}

function NoWorkflows({ status, onDesk }: { status: AppStatus; onDesk: () => void }) {
  const { load, loading, problem } = useLoadPracticeDesk();
  return (
    <>
      <h2 className={styles.title}>Your desk is empty</h2>
      <p>
        A desk says which numbers Patchbay answers, what the AI does there, and which human a call is handed
        over to.{' '}
        {status.rehearsal
          ? 'You are on the rehearsal line: load the practice desk of a small plumbing business and place calls without any account.'
          : 'Write yours as a desk file in YAML and apply it here.'}
      </p>
      <div className={styles.actions}>
        {status.rehearsal && (
          <Button onClick={load} loading={loading} data-testid="load-practice-desk">
            Load the practice desk
          </Button>
        )}
        <Button variant={status.rehearsal ? 'default' : 'filled'} onClick={onDesk}>
          Apply a desk file
        </Button>
      </div>
      {problem !== null && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {!status.rehearsal && (
        <p className={styles.hint}>
          To try Patchbay without an account first, start it with <code>--rehearsal</code>.
        </p>
      )}
    </>
  );
}

function Ready({
  status,
  onRehearse,
  onDesk,
}: {
  status: AppStatus;
  onRehearse: () => void;
  onDesk: () => void;
}) {
  const first = useRehearsals((state) => state.scripts[0]);
  const place = useRehearsals((state) => state.place);
  const placing = useRehearsals((state) => state.placement?.state === 'running');
  const rehearse = () => {
    if (first === undefined) return onRehearse();
    void place(first);
  };
  return (
    <>
      <h2 className={styles.title}>Ready for the first call</h2>
      <p>{nextStep(status)}</p>
      <ul className={styles.workflows} aria-label="Workflows">
        {status.workflows.map((workflow) => (
          <li key={workflow.id}>
            <strong>{workflow.name}</strong>
            <span>{formatNumber(workflow.number)}</span>
            <ModelName model={workflow.model} />
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        {status.rehearsal && (
          <Button onClick={rehearse} loading={placing} data-testid="rehearse-first-call">
            Rehearse your first call
          </Button>
        )}
        <Button variant="default" onClick={onDesk}>
          Change the desk
        </Button>
      </div>
    </>
  );
}

function nextStep(status: AppStatus): string {
  if (status.rehearsal)
    return 'These numbers are answered on the rehearsal line. Place a call and watch what happens.';
  if (status.twilio === 'not-connected') {
    return 'Twilio is not connected, so no call can arrive yet: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and start Patchbay again.';
  }
  if (status.publicUrl === null) {
    return 'Twilio can’t reach this machine yet: start Patchbay with --public-url and the https address under which it is reached.';
  }
  return `In the Twilio Console, set the voice webhook of these numbers to ${status.publicUrl}/twilio/voice, then call one of them.`;
}
