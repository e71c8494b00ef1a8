import type { ProfileStatus } from '../src-preload/contract/profile.ts';
import type { Core } from './core/core.ts';
import type { Logger, Vault } from './core/ports.ts';
import type { TunnelOpener } from './core/tunnel/tunnel-opener.ts';
import { withRehearsalAccount } from './rehearsal/rehearsal-account.ts';
import { RehearsalLine } from './rehearsal/rehearsal-line.ts';
import { RehearsalService } from './rehearsal/rehearsal-service.ts';
import { createRehearsalTunnels } from './rehearsal/rehearsal-tunnels.ts';

/** The rehearsal line at work in a host. */
export interface HostRehearsal {
  /** Where the line takes the REST calls that would go to Twilio. */
  apiUrl: string;
  service: RehearsalService;
  stop(): Promise<void>;
}

/** The vault with the rehearsal line's account in place of the operator's: signatures are made and checked with it. */
export const rehearsalVault: (vault: Vault) => Vault = withRehearsalAccount;

/** In ngrok's place: nothing leaves this machine. */
export const rehearsalTunnels: TunnelOpener = createRehearsalTunnels();

export interface HostRehearsalParts {
  core: Core;
  /** As `rehearsalVault` made it. */
  vault: Vault;
  webhookUrl: string;
  publicUrl: string | null;
  /** Holds the practice desk and the calls. */
  scriptsDir: string;
  /** How many times faster than the clock. */
  speed: number;
  /** How the account's Business Profile stands. */
  profile: ProfileStatus;
  logger: Logger;
}

/** Puts the rehearsal line in Twilio's place: it signs for the address that the core checks. */
export async function startHostRehearsal(parts: HostRehearsalParts): Promise<HostRehearsal> {
  const { core, vault, webhookUrl, publicUrl, scriptsDir, speed, profile, logger } = parts;
  const line = new RehearsalLine({
    webhookUrl,
    publicUrl: publicUrl ?? webhookUrl,
    account: {
      sid: vault.get('TWILIO_ACCOUNT_SID') ?? '',
      authToken: vault.get('TWILIO_AUTH_TOKEN') ?? '',
      // Whatever number a workflow is set up for, so that every one can be attached.
      ownsToo: () => core.status().workflows.map(({ number }) => number),
    },
    speed,
    logger,
  });
  line.account.setProfile(profile);
  const { apiUrl } = await line.start();
  // For another Patchbay that is to rehearse on the same line, with the same account: PATCHBAY_TWILIO_API_URL.
  logger.info('The rehearsal line takes Twilio’s REST requests.', { apiUrl });
  return {
    apiUrl,
    service: new RehearsalService({ core, line, scriptsDir, logger }),
    stop: () => line.stop(),
  };
}
