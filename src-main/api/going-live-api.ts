import { implement } from '@orpc/server';
import { contract } from '../../src-preload/contract/api.ts';
import type { ApiParts } from './create-api.ts';
import { explained, explainedSteps } from './explained.ts';
import { withProgress } from './with-progress.ts';

/** The part of the contract that leads from an account to a number that takes calls. */
export function goingLiveApi({
  core,
  forwarding,
  connectAccount,
}: Pick<ApiParts, 'core' | 'forwarding' | 'connectAccount'>) {
  const os = implement(contract);
  /** Credentials of the environment may not have been looked at yet, and all of this depends on the account. */
  const withAccount = async <T>(work: () => Promise<T>): Promise<T> => {
    await core.account.known();
    return work();
  };
  return {
    account: os.account.router({
      get: os.account.get.handler(() => core.account.current()),
      check: os.account.check.handler(({ errors }) => explained(errors, () => core.account.check())),
      connect: os.account.connect.handler(({ input, errors }) =>
        explained(errors, () => connectAccount(input)),
      ),
      disconnect: os.account.disconnect.handler(({ errors }) =>
        explained(errors, async () => {
          core.account.disconnect();
          return {};
        }),
      ),
      subaccounts: os.account.subaccounts.handler(({ errors }) =>
        explained(errors, () => core.account.subaccounts()),
      ),
      useSubaccount: os.account.useSubaccount.handler(({ input, errors }) =>
        explained(errors, () => core.account.useSubaccount(input.accountSid)),
      ),
    }),
    profile: os.profile.router({
      get: os.profile.get.handler(() => core.profile.current()),
      check: os.profile.check.handler(({ errors }) =>
        explained(errors, () => withAccount(() => core.profile.check())),
      ),
      history: os.profile.history.handler(() => core.profile.history()),
    }),
    destinations: os.destinations.router({
      list: os.destinations.list.handler(() => core.destinations.list()),
      check: os.destinations.check.handler(({ input, errors }) =>
        explained(errors, () => withAccount(() => core.destinations.check(input))),
      ),
      ring: os.destinations.ring.handler(({ input, errors }) =>
        explainedSteps(
          errors,
          withProgress((onStep) => withAccount(() => core.destinations.ring(input, onStep))),
        ),
      ),
    }),
    numbers: os.numbers.router({
      list: os.numbers.list.handler(({ errors }) =>
        explained(errors, () => withAccount(() => core.numbers.list())),
      ),
      planAttach: os.numbers.planAttach.handler(({ input, errors }) =>
        explained(errors, () => withAccount(() => core.numbers.planAttach(input.sid, input.workflowId))),
      ),
      attach: os.numbers.attach.handler(({ input, errors }) =>
        explainedSteps(
          errors,
          withProgress((onStep) => withAccount(() => core.numbers.attach(input, onStep))),
        ),
      ),
      planDetach: os.numbers.planDetach.handler(({ input, errors }) =>
        explained(errors, () => withAccount(() => core.numbers.planDetach(input.sid))),
      ),
      detach: os.numbers.detach.handler(({ input, errors }) =>
        explainedSteps(
          errors,
          withProgress((onStep) => withAccount(() => core.numbers.detach(input, onStep))),
        ),
      ),
      planRepair: os.numbers.planRepair.handler(({ input, errors }) =>
        explained(errors, () => withAccount(() => core.numbers.planRepair(input.sid))),
      ),
      repair: os.numbers.repair.handler(({ input, errors }) =>
        explained(errors, () => withAccount(() => core.numbers.repair(input))),
      ),
    }),
    tunnel: os.tunnel.router({
      get: os.tunnel.get.handler(() => core.tunnel.current()),
      use: os.tunnel.use.handler(({ input, errors }) => explained(errors, () => core.tunnel.use(input))),
      setToken: os.tunnel.setToken.handler(({ input, errors }) =>
        explained(errors, () => core.tunnel.setToken(input.token)),
      ),
      retry: os.tunnel.retry.handler(() => core.tunnel.retry()),
      prove: os.tunnel.prove.handler(({ errors }) => explained(errors, () => core.tunnel.prove())),
    }),
    net: os.net.router({
      status: os.net.status.handler(async () => {
        await core.account.known().catch(() => null);
        return core.net.status();
      }),
      publish: os.net.publish.handler(({ errors }) =>
        explainedSteps(
          errors,
          withProgress(async (onStep) => {
            await withAccount(() => core.net.publish(onStep));
            return core.net.status();
          }),
        ),
      ),
    }),
    doctor: os.doctor.router({ examine: os.doctor.examine.handler(() => core.examine()) }),
    alerts: os.alerts.router({
      list: os.alerts.list.handler(async ({ input }) => {
        await core.account.known().catch(() => null);
        return core.alerts.list(input);
      }),
    }),
    forwarding: os.forwarding.router({
      carriers: os.forwarding.carriers.handler(() => forwarding.carriers()),
      guide: os.forwarding.guide.handler(({ input, errors }) => {
        const guide = forwarding.guide(input);
        if (guide === undefined) throw errors.NOT_FOUND();
        return guide;
      }),
    }),
  };
}
