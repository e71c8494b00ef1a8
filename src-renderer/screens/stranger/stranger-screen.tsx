import styles from './stranger-screen.module.css';

/** For a browser that the core does not know. */
export function StrangerScreen() {
  return (
    <main className={styles.stranger} data-testid="stranger">
      <h1>Open the address that Patchbay printed</h1>
      <p>
        This page needs the key that is part of that address. Patchbay prints it when it starts, and the key
        changes with every start. It looks like <code>{`${window.location.origin}/?token=…`}</code>
      </p>
    </main>
  );
}

/** For a desktop window whose core hands over no connection. */
export function NoCoreScreen({ problem }: { problem: string }) {
  return (
    <main className={styles.stranger} role="alert">
      <h1>Patchbay could not be reached</h1>
      <p>{problem}</p>
      <p>Close the window and start Patchbay again.</p>
    </main>
  );
}
