import { type ReactNode, useId } from 'react';
import styles from './panel.module.css';

/** A titled part of the screen. */
export function Panel({
  title,
  aside,
  testId,
  children,
}: {
  title: string;
  aside?: ReactNode;
  testId?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id} data-testid={testId}>
      <header className={styles.head}>
        <h3 id={id} className={styles.title}>
          {title}
        </h3>
        {aside}
      </header>
      {children}
    </section>
  );
}
