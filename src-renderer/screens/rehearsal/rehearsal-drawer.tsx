import { Button, Drawer, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RehearsalScript } from '../../../src-preload/contract/api.ts';
import { useRehearsals } from '../../stores/stores.tsx';
import styles from './rehearsal-drawer.module.css';

/** The scripted calls; one is placed with a click. */
export function RehearsalDrawer({
  opened,
  onClose,
  onPlace,
}: {
  opened: boolean;
  onClose: () => void;
  onPlace: (script: RehearsalScript) => void;
}) {
  const scripts = useRehearsals((state) => state.scripts);
  const problem = useRehearsals((state) => state.problem);
  const running = useRehearsals((state) => state.placement?.state === 'running');
  const [wanted, setWanted] = useState('');
  const words = wanted.trim().toLowerCase();
  const found = scripts.filter(({ name, about }) => `${name} ${about}`.toLowerCase().includes(words));
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      title="Rehearse a call"
      classNames={{ title: styles.title ?? '' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <p className={styles.about}>
        A scripted caller phones your desk over the rehearsal line. Everything else is real: the webhooks, the
        conversation, the decision and the log.
      </p>
      {scripts.length > 6 && (
        <TextInput
          mt="sm"
          placeholder="Find a call"
          aria-label="Find a call"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      {problem !== null && (
        <p className={styles.problem} role="alert">
          The calls could not be read: {problem}
        </p>
      )}
      {problem === null && found.length === 0 && (
        <p className={styles.about}>
          {scripts.length === 0 ? 'There are no scripted calls.' : 'No call matches.'}
        </p>
      )}
      <ul className={styles.scripts}>
        {found.map((script) => (
          <li key={script.file}>
            <div>
              <strong>{script.name}</strong>
              <p>{script.about}</p>
            </div>
            <Button
              size="compact-sm"
              variant="light"
              disabled={running}
              onClick={() => onPlace(script)}
              aria-label={`Place the call: ${script.name}`}
              data-testid="place-rehearsal"
              data-file={script.file}
            >
              Place
            </Button>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
