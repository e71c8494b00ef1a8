import type { Account, Credentials } from '../src-preload/contract/account.ts';
import { AccountService } from './core/account/account-service.ts';
import { type Logger, systemClock, type Vault } from './core/ports.ts';
import type { TwilioRest } from './core/twilio/twilio-rest.ts';

export interface OwnAccountDeps {
  /** Twilio itself. */
  twilio: TwilioRest;
  /** The operator's own, not the rehearsal line's. */
  vault: Vault;
  logger: Logger;
}

/**
 * Connects the operator's own account while the rehearsal line is in Twilio's place: the credentials are checked with
 * Twilio itself and kept, and the next start works with them. The rehearsal goes on undisturbed.
 */
export function connectOwnAccount({ twilio, vault, logger }: OwnAccountDeps) {
  const service = new AccountService({
    twilio,
    vault,
    // The database holds what the rehearsal sees; this account is looked at again at the next start.
    settings: { get: () => undefined, set: () => {}, delete: () => {} },
    attachedNumbers: () => 0,
    tokens: { previousInUse: () => undefined, previousIsRefused: () => {} },
    notifier: { notify: () => {} },
    clock: systemClock,
    logger,
  });
  return async (credentials: Credentials): Promise<Account> => {
    const account = await service.connect(credentials);
    const next =
      'Patchbay still rehearses: end it and start it again, without --rehearsal, to work with this account.';
    return { ...account, meanings: [next, ...account.meanings] };
  };
}
