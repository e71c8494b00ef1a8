import type { Core } from '../core/core.ts';

/** Goes live on the rehearsal line: connects the account, proves the public URL, and attaches the number of every workflow. */
export async function attachNumbers(
  core: Pick<Core, 'account' | 'tunnel' | 'numbers' | 'status'>,
  { sid: accountSid, authToken }: { sid: string; authToken: string },
): Promise<void> {
  await core.account.connect({ accountSid, authToken });
  await core.tunnel.use({ kind: 'ngrok' });
  const owned = await core.numbers.list();
  for (const { id: workflowId, number } of core.status().workflows) {
    const sid = owned.find((each) => each.number === number)?.sid;
    if (sid === undefined) throw new Error(`the account has no number ${number}`);
    const { token } = await core.numbers.planAttach(sid, workflowId);
    await core.numbers.attach({ sid, workflowId, token }, () => {});
  }
}
