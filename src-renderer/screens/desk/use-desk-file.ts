import { safe } from '@orpc/client';
import { useState } from 'react';
import { useStores } from '../../stores/stores.tsx';

export type DeskAnswer =
  | { kind: 'applied'; warnings: readonly string[] }
  | { kind: 'refused'; problems: readonly string[] }
  | { kind: 'failed'; problems: readonly string[] };

/** Applies desk files and takes the one in force out; `answer` is what came of it last. */
export function useDeskFile() {
  const { client, status } = useStores();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<DeskAnswer | null>(null);

  const apply = async (yaml: string) => {
    setBusy(true);
    const { error, data, isDefined } = await safe(client.desk.apply({ yaml }));
    if (error === null) setAnswer({ kind: 'applied', warnings: data.warnings });
    else if (isDefined) setAnswer({ kind: 'refused', problems: error.data.problems });
    else setAnswer({ kind: 'failed', problems: [error.message] });
    await status.getState().reload();
    setBusy(false);
  };

  const read = async (): Promise<string | null> => {
    const { error, data } = await safe(client.desk.export());
    setAnswer(error === null ? null : { kind: 'failed', problems: [error.message] });
    return error === null ? data.yaml : null;
  };

  const save = async () => {
    const yaml = await read();
    if (yaml !== null) download('patchbay-desk.yaml', yaml);
  };

  return { busy, answer, apply, read, save };
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
