import type { Examination } from '../../../src-preload/contract/doctor.ts';
import type { AccountService } from '../account/account-service.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { DestinationService } from '../destinations/destination-service.ts';
import type { NetService } from '../net/net-service.ts';
import type { NumberService } from '../numbers/number-service.ts';
import type { Clock, Vault } from '../ports.ts';
import type { ProfileService } from '../profile/profile-service.ts';
import type { TunnelService } from '../tunnel/tunnel-service.ts';

export interface DoctorDeps {
  vault: Vault;
  account: Pick<AccountService, 'check'>;
  profile: Pick<ProfileService, 'check'>;
  numbers: Pick<NumberService, 'list'>;
  destinations: Pick<DestinationService, 'list' | 'check'>;
  tunnel: Pick<TunnelService, 'current' | 'prove'>;
  net: Pick<NetService, 'status'>;
  desk: () => CompiledDesk;
  /** The webhook listener's address; null: Patchbay does not listen in this process. */
  webhookUrl: () => string | null;
  clock: Clock;
}

/** Looks at every link from the credentials to the phone that would ring, in order. Never rejects. */
export function examine(_deps: DoctorDeps): Promise<Examination> {
  throw new Error('not built');
}
