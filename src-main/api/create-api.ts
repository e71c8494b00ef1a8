import { implement } from '@orpc/server';
import type { Account, Credentials } from '../../src-preload/contract/account.ts';
import { type AppStatus, contract } from '../../src-preload/contract/api.ts';
import type { Core } from '../core/core.ts';
import { NoSuchMemberError } from '../core/desk/away-switch.ts';
import { DeskFileError } from '../core/desk/parse-desk-file.ts';
import type { CarrierForwarding } from '../core/forwarding/carrier-forwarding.ts';
import {
  DeskInUseError,
  type RehearsalService,
  ScriptNotFoundError,
} from '../rehearsal/rehearsal-service.ts';
import { explainHandlers } from './explain-api.ts';
import { orNotFound } from './explained.ts';
import { goingLiveApi } from './going-live-api.ts';
import { liveUpdates } from './live-updates.ts';
import { promisesApi } from './promises-api.ts';
import { transferHandlers } from './transfers-api.ts';

const notRehearsing = 'Patchbay works with Twilio itself; start it with --rehearsal to rehearse';

export interface ApiParts {
  core: Core;
  /** Connects an account: of the line that is in use, or of Twilio while rehearsing. @throws ProblemError. */
  connectAccount: (credentials: Credentials) => Promise<Account>;
  forwarding: CarrierForwarding;
  /** Null when Patchbay works with Twilio itself. */
  rehearsal: RehearsalService | null;
  host: AppStatus['host'];
  version: string;
  /** Whether there are credentials of a Twilio account. */
  hasTwilioAccount: () => boolean;
}

export type Api = ReturnType<typeof createApi>;

/** Implements the contract for the UI; the same under both hosts. */
export function createApi({
  core,
  connectAccount,
  forwarding,
  rehearsal,
  host,
  version,
  hasTwilioAccount,
}: ApiParts) {
  const os = implement(contract);

  const twilio = (): AppStatus['twilio'] => {
    if (rehearsal !== null) return 'rehearsal';
    return hasTwilioAccount() ? 'connected' : 'not-connected';
  };

  return os.router({
    ...goingLiveApi({ core, forwarding, connectAccount }),
    ...promisesApi(core),
    routing: os.routing.router({ ...explainHandlers(core), ...transferHandlers(core) }),
    app: {
      status: os.app.status.handler(() => ({
        ...core.status(),
        host,
        version,
        rehearsal: rehearsal !== null,
        twilio: twilio(),
      })),
    },
    calls: {
      list: os.calls.list.handler(({ input }) => core.listCalls(input)),
      get: os.calls.get.handler(({ input, errors }) => {
        const detail = core.getCall(input.id);
        if (detail === undefined) throw errors.NOT_FOUND();
        return detail;
      }),
      recording: os.calls.recording.handler(async ({ input, errors }) => {
        const recording = await core.recordingOf(input.id);
        if (recording === undefined) throw errors.NOT_FOUND();
        return { contentType: recording.contentType, base64: recording.bytes.toString('base64') };
      }),
      redeliver: os.calls.redeliver.handler(({ input, errors }) => {
        const delivery = core.redeliver(input.id);
        if (delivery === undefined) throw errors.NOT_FOUND();
        return delivery;
      }),
      live: os.calls.live.handler(({ signal }) => liveUpdates(core, signal)),
    },
    desk: {
      export: os.desk.export.handler(() => ({ yaml: core.exportDesk() })),
      apply: os.desk.apply.handler(({ input, errors }) => {
        try {
          return core.applyDesk(input.yaml);
        } catch (error) {
          if (!(error instanceof DeskFileError)) throw error;
          throw errors.REFUSED({ data: { problems: error.message.split('\n') } });
        }
      }),
      setAway: os.desk.setAway.handler(({ input, errors }) =>
        orNotFound(errors, NoSuchMemberError, () => core.setAway(input.number, input.away)),
      ),
    },
    rehearsal: {
      scripts: os.rehearsal.scripts.handler(() => rehearsal?.scripts() ?? []),
      loadPracticeDesk: os.rehearsal.loadPracticeDesk.handler(({ errors }) => {
        if (rehearsal === null) throw errors.NOT_REHEARSING({ message: notRehearsing });
        try {
          return rehearsal.loadPracticeDesk();
        } catch (error) {
          if (error instanceof DeskInUseError) throw errors.DESK_IN_USE({ message: error.message });
          throw error;
        }
      }),
      place: os.rehearsal.place.handler(async ({ input, errors }) => {
        if (rehearsal === null) throw errors.NOT_REHEARSING({ message: notRehearsing });
        try {
          return await rehearsal.place(input.file);
        } catch (error) {
          if (error instanceof ScriptNotFoundError) throw errors.NOT_FOUND({ message: error.message });
          throw error;
        }
      }),
    },
  });
}
