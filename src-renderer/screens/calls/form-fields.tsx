import styles from './panels.module.css';

export function FormFields({ form }: { form: Readonly<Record<string, string>> }) {
  return (
    <dl className={styles.facts}>
      {Object.entries(form).map(([field, value]) => [
        <dt key={`${field} name`}>{field}</dt>,
        <dd key={`${field} value`}>{value}</dd>,
      ])}
    </dl>
  );
}
