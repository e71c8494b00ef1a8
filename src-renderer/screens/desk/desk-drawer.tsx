import { Button, Drawer, FileButton, Group, Textarea } from '@mantine/core';
import { useState } from 'react';
import styles from './desk-drawer.module.css';
import { useDeskFile } from './use-desk-file.ts';

/** The desk file: apply one, or take the one in force out. */
export function DeskDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [yaml, setYaml] = useState('');
  const desk = useDeskFile();
  const choose = async (file: File | null) => {
    if (file !== null) setYaml(await file.text());
  };
  const showInForce = async () => {
    const inForce = await desk.read();
    if (inForce !== null) setYaml(inForce);
  };
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title="Desk"
      classNames={{ title: styles.title ?? '' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles.desk}>
        <p className={styles.about}>
          The desk file holds everything you set up, as YAML and without secrets. Applying is all or nothing:
          what it lists is replaced, integrations, groups, schedules and workflows that it leaves out are
          removed, and contacts made by calls stay.
        </p>
        <Group gap="xs">
          <FileButton accept=".yaml,.yml,text/yaml" onChange={(file) => void choose(file)}>
            {(props) => (
              <Button {...props} size="xs" variant="default">
                Choose a file…
              </Button>
            )}
          </FileButton>
          <Button size="xs" variant="default" onClick={() => void showInForce()}>
            Show the desk in force
          </Button>
          <Button size="xs" variant="default" onClick={() => void desk.save()} data-testid="export-desk">
            Export…
          </Button>
        </Group>
        <Textarea
          label="Desk file"
          placeholder={'patchbay: 1\nintegrations:\n  - id: front-desk\n    …'}
          value={yaml}
          onChange={(event) => setYaml(event.currentTarget.value)}
          autosize
          minRows={12}
          maxRows={22}
          spellCheck={false}
          classNames={{ input: styles.yaml ?? '' }}
          data-testid="desk-yaml"
        />
        <Button
          onClick={() => void desk.apply(yaml)}
          loading={desk.busy}
          disabled={yaml.trim() === ''}
          data-testid="apply-desk"
        >
          Apply
        </Button>
        <DeskAnswer answer={desk.answer} />
      </div>
    </Drawer>
  );
}

function DeskAnswer({ answer }: { answer: ReturnType<typeof useDeskFile>['answer'] }) {
  if (answer === null) return null;
  if (answer.kind === 'applied') {
    return (
      <div className={styles.answer} data-tone="good" role="status">
        <p>The desk is in force.</p>
        <Lines lines={answer.warnings} />
      </div>
    );
  }
  return (
    <div className={styles.answer} data-tone="bad" role="alert" data-testid="desk-problems">
      <p>
        {answer.kind === 'refused'
          ? 'Nothing was changed. The desk file has problems:'
          : 'That did not work:'}
      </p>
      <Lines lines={answer.problems} />
    </div>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
