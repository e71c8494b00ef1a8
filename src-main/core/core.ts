import type { AppStatus, CallDetail, Delivery, LiveUpdate } from '../../src-preload/contract/api.ts';
import type { CallRow, CallView } from '../../src-preload/contract/calls.ts';
import type { Examination } from '../../src-preload/contract/doctor.ts';
import type {
  Coverage,
  DecisionExplanation,
  RouteExplanation,
  RouteQuestion,
} from '../../src-preload/contract/routing.ts';
import type { PlatformCallRow, Transfer } from '../../src-preload/contract/transfers.ts';
import type { TunnelChoice } from '../../src-preload/contract/tunnel.ts';
import type { AccountService } from './account/account-service.ts';
import type { AlertService } from './alerts/alert-service.ts';
import type { KeptRecording } from './calls/voicemail-keeper.ts';
import type { DestinationService } from './destinations/destination-service.ts';
import type { NetService } from './net/net-service.ts';
import type { NumberService } from './numbers/number-service.ts';
import type { ProfileService } from './profile/profile-service.ts';
import type { PromiseService } from './promises/promise-service.ts';
import type { ReplayService } from './routing/replay-service.ts';
import type { TunnelService } from './tunnel/tunnel-service.ts';

/** What a host gives the core besides its ports. */
export interface CoreOptions {
  /** Holds patchbay.db and its backups; made when missing. */
  dataDir: string;
  /** 0 takes any free port. */
  webhookPort: number;
  /** The tunnel that the command line or the environment chose; null: the operator chooses in the app. */
  tunnel: TunnelChoice | null;
  /** What plays Twilio's part stands on this machine, so that an address of this machine is as good as a public one. */
  twilioIsHere?: boolean;
  /**
   * The account lives no longer than this process, like a rehearsal's: what is seen of it, tested on it and attached to it
   * is forgotten with it, and what is kept of the operator's own account is left alone.
   */
  forgetsAccount?: boolean;
}

/** The core as its hosts, the UI's API and the rehearsal line see it. */
export interface Core {
  /**
   * Rebuilds the open calls and listens. A desk file that is given is in force before the first request is read, and not
   * touched when the port is taken.
   * @throws PortUnavailableError, or DeskFileError: what was in force is then still in force, and `stop` is due.
   */
  start(deskYaml?: string): Promise<{ webhookUrl: string; warnings: string[] }>;
  /** Answers what is in flight, then closes everything. Safe to call twice. */
  stop(): Promise<void>;
  status(): Pick<AppStatus, 'webhookUrl' | 'publicUrl' | 'workflows' | 'warnings'>;
  /** @throws DeskFileError; nothing has changed then. */
  applyDesk(yaml: string): { warnings: string[] };
  exportDesk(): string;
  /** A member of groups is away, or back. @throws NoSuchMemberError. */
  setAway(number: string, away: boolean): { warnings: string[] };
  openCalls(): CallView[];
  /** Ends the calls of which nothing is heard any more; the core does so every minute by itself. */
  endLostCalls(): Promise<void>;
  listCalls(query: { limit: number; before?: number | undefined }): CallRow[];
  /** By Patchbay's id of the call or Twilio's call SID. */
  getCall(idOrSid: string): CallDetail | undefined;
  /** The voicemail of a call, once it is on this computer. @returns undefined when there is none, or not yet. */
  recordingOf(callId: string): Promise<KeptRecording | undefined>;
  /** Tries the after-call webhook of a call again that was given up. @returns undefined when the call has none. */
  redeliver(callId: string): Delivery | undefined;
  /** Where a made-up caller would be led, and why. Changes nothing. @throws UnknownIntegrationError */
  explainRoute(question: RouteQuestion): RouteExplanation;
  /**
   * The latest decision about a call, by Patchbay's id of it or Twilio's call SID, on the desk in force.
   * @returns undefined when nothing was decided about it. @throws UnknownIntegrationError
   */
  explainCall(idOrSid: string): DecisionExplanation | undefined;
  /** Who could be rung in the week from `from` (Unix milliseconds) on. @throws UnknownIntegrationError */
  coverageOf(integrationId: string, from: number): Coverage;
  /** Past decisions against a desk file that is not in force. Changes nothing. */
  readonly replays: ReplayService;
  /** What other platforms were answered, the newest first; `before` is the id of the last one of the page before. */
  listTransfers(query: { limit: number; before?: number | undefined }): Transfer[];
  /** What platforms told of their calls afterwards, the newest first; `before` is the id of the last one of the page before. */
  listPlatformCalls(query: { limit: number; before?: number | undefined }): PlatformCallRow[];
  /** Keeps the key that Retell signs with. @throws VaultError. */
  setRetellKey(key: string): void;
  /** Every update of the open calls as it happens. @returns the way to unsubscribe. */
  subscribe(listener: (update: LiveUpdate) => void): () => void;

  readonly account: AccountService;
  readonly profile: ProfileService;
  readonly destinations: DestinationService;
  readonly numbers: NumberService;
  readonly tunnel: TunnelService;
  readonly net: NetService;
  readonly alerts: AlertService;
  readonly promises: PromiseService;
  /** Every link of the chain from the credentials to the phone that would ring. Never rejects. */
  examine(): Promise<Examination>;
}
