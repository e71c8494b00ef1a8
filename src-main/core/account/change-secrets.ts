import { ProblemError, VaultError } from '../errors.ts';
import type { SecretName, Vault } from '../ports.ts';
import { vaultProblem } from './account-problems.ts';

/** A secret and what it shall be; undefined: gone. */
export type SecretChange = readonly [name: SecretName, value: string | undefined];

/**
 * Makes all the changes or none: what was changed already is changed back when one is refused. A secret that is already
 * what it shall be is not touched, so that one of the environment, which can't be changed, can be confirmed.
 *
 * @returns the way to undo all of it
 * @throws ProblemError with the vault's own words
 */
export function changeSecrets(vault: Vault, changes: readonly SecretChange[]): () => void {
  const made: SecretChange[] = [];
  const undo = () => {
    for (const [name, before] of made.splice(0).toReversed()) putQuietly(vault, name, before);
  };
  try {
    for (const [name, value] of changes) {
      const before = vault.get(name);
      if (before === value) continue;
      // Noted first: a vault that holds the change but could not write its file is set back too.
      made.push([name, before]);
      put(vault, name, value);
    }
  } catch (thrown) {
    undo();
    if (thrown instanceof VaultError) throw new ProblemError(vaultProblem(thrown), { cause: thrown });
    throw thrown;
  }
  return undo;
}

function put(vault: Vault, name: SecretName, value: string | undefined): void {
  if (value === undefined) vault.delete(name);
  else vault.set(name, value);
}

/** What refused a change refuses its undoing as well, and was not changed; the first refusal is the one to tell. */
function putQuietly(vault: Vault, name: SecretName, value: string | undefined): void {
  try {
    put(vault, name, value);
  } catch {
    // The others are set back all the same.
  }
}
