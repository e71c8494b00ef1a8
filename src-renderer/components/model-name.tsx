import { isPracticeModel } from '../screens/calls/words.ts';
import { Badge } from './badge.tsx';
import styles from './model-name.module.css';

/** The name of a model; one that only practises is never shown without saying so. */
export function ModelName({ model }: { model: string }) {
  return (
    <span className={styles.model}>
      <code>{model}</code>
      {isPracticeModel(model) && <Badge tone="busy">practice model, not a real AI</Badge>}
    </span>
  );
}
