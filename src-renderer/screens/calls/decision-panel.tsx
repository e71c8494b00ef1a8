import type { CallView } from '../../../src-preload/contract/calls.ts';
import { Panel } from '../../components/panel.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { formatPrecise } from '../../components/times.ts';
import styles from './panels.module.css';
import { RungList } from './rung-list.tsx';
import { causeWords, viaWords } from './words.ts';

/** Why a human was asked for, where the call goes and why there, and who was rung. */
export function DecisionPanel({ call }: { call: CallView }) {
  const { transfer, decision } = call;
  if (transfer === null && decision === null && call.rung.length === 0) return null;
  return (
    <Panel title="Transfer" testId="decision">
      {transfer !== null && (
        <>
          <p className={styles.strong}>{transfer.reason}</p>
          <p className={styles.dim}>
            {causeWords[transfer.cause]}
            {transfer.department !== undefined && `, for ${transfer.department}`}
          </p>
        </>
      )}
      {decision !== null && (
        <dl className={styles.facts}>
          <dt>Goes to</dt>
          <dd>
            {decision.destinations.map((destination) => (
              <div key={destination} className={styles.number}>
                {formatNumber(destination, call.to)}
              </div>
            ))}
          </dd>
          <dt>Chosen</dt>
          <dd>
            {viaWords(decision)}
            <span className={styles.dim}> in {formatPrecise(decision.tookMs)}</span>
          </dd>
          <dt>Because</dt>
          <dd>{decision.why}</dd>
        </dl>
      )}
      {decision?.fallbackReason !== undefined && (
        <p className={styles.fallback}>
          <strong>Fallback:</strong> {decision.fallbackReason}
        </p>
      )}
      <RungList call={call} />
    </Panel>
  );
}
