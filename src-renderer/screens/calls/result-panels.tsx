import type { CallView } from '../../../src-preload/contract/calls.ts';
import { Panel } from '../../components/panel.tsx';
import { formatNumber } from '../../components/phone-number.ts';
import { FormFields } from './form-fields.tsx';
import styles from './panels.module.css';

/** What is left of a call: its summary, and the message for the operator. */
export function ResultPanels({ call }: { call: CallView }) {
  return (
    <>
      {call.summary !== null && (
        <Panel title="Summary">
          <p>{call.summary}</p>
        </Panel>
      )}
      {call.message !== null && (
        <Panel title="Message">
          <blockquote className={styles.message}>{call.message.text}</blockquote>
          {(call.message.name !== undefined || call.message.callback !== undefined) && (
            <p className={styles.dim}>
              {call.message.name !== undefined && `From ${call.message.name}. `}
              {call.message.callback !== undefined &&
                `Call back on ${formatNumber(call.message.callback, call.to)}.`}
            </p>
          )}
        </Panel>
      )}
      {call.voicemailUrl !== null && (
        <Panel title="Voicemail">
          <p>
            A voicemail was recorded. It is kept{' '}
            {call.recording === null
              ? 'in your Twilio account: '
              : 'in the folder of this computer’s recordings: '}
            <code className={styles.address}>{call.recording?.file ?? call.voicemailUrl}</code>
          </p>
        </Panel>
      )}
    </>
  );
}

/** The form as far as the AI has filled it in. */
export function FormPanel({ call }: { call: CallView }) {
  if (Object.keys(call.form).length === 0) return null;
  return (
    <Panel title={call.phase === 'ended' ? 'Form' : 'Form so far'}>
      <FormFields form={call.form} />
    </Panel>
  );
}
