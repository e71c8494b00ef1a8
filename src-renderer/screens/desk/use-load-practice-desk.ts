import { safe } from '@orpc/client';
import { useState } from 'react';
import { useStores } from '../../stores/stores.tsx';

/** Puts the practice desk in force, and says when that did not work. */
export function useLoadPracticeDesk() {
  const { client, status } = useStores();
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const load = async () => {
    setLoading(true);
    const { error, isDefined } = await safe(client.rehearsal.loadPracticeDesk());
    setProblem(
      error === null ? null : isDefined ? 'There is a desk already; it stays in force.' : error.message,
    );
    await status.getState().reload();
    setLoading(false);
  };
  return { load: () => void load(), loading, problem };
}
