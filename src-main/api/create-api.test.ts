import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import type { CallRow } from '../../src-preload/contract/calls.ts';
import type { Core } from '../core/core.ts';
import { DeskFileError } from '../core/desk/parse-desk-file.ts';
import { createApi } from './create-api.ts';

const row = { id: 'no full row' } as CallRow;

/** A core that knows no calls; tests replace what they look at. */
function clientOf(parts: Partial<Core>, hasTwilioAccount = false) {
  const core = {
    start: async () => ({ webhookUrl: '', warnings: [] }),
    stop: async () => {},
    status: () => ({ webhookUrl: 'http://127.0.0.1:4747', publicUrl: null, workflows: [], warnings: [] }),
    applyDesk: () => ({ warnings: [] }),
    exportDesk: () => 'patchbay: 1\n',
    openCalls: () => [],
    endLostCalls: () => Promise.resolve(),
    listCalls: () => [],
    getCall: () => undefined,
    redeliver: () => undefined,
    recordingOf: async () => undefined,
    subscribe: () => () => {},
    ...parts,
  } as Core;
  return createRouterClient(
    createApi({
      core,
      connectAccount: () => Promise.reject(new Error('not asked for')),
      forwarding: { carriers: () => [], guide: () => undefined },
      rehearsal: null,
      host: 'headless',
      version: '1.2.3',
      hasTwilioAccount: () => hasTwilioAccount,
    }),
  );
}

describe('createApi', () => {
  it('hands out the voicemail of a call, once it is there', async () => {
    const recordingOf = async (id: string) =>
      id === 'kept' ? { contentType: 'audio/mpeg', bytes: Buffer.from('sound') } : undefined;
    const client = clientOf({ recordingOf });
    expect(await client.calls.recording({ id: 'kept' })).toEqual({
      contentType: 'audio/mpeg',
      base64: btoa('sound'),
    });
    await expect(client.calls.recording({ id: 'other' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says under which host and on which line it runs', async () => {
    expect(await clientOf({}).app.status()).toMatchObject({
      host: 'headless',
      version: '1.2.3',
      rehearsal: false,
      twilio: 'not-connected',
    });
    expect(await clientOf({}, true).app.status()).toMatchObject({ twilio: 'connected' });
  });

  it('passes on the problems of a refused desk file, one by one', async () => {
    const applyDesk = () => {
      throw new DeskFileError([
        { key: 'integrations[0].staticNumber', line: 4, message: 'must be E.164' },
        { key: 'workflows', line: null, message: 'must be a list' },
      ]);
    };
    const refused = clientOf({ applyDesk }).desk.apply({ yaml: 'x' });
    await expect(refused).rejects.toMatchObject({ code: 'REFUSED', defined: true });
    const problems: string[] = await refused.catch((error) => error.data.problems);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('line 4');
  });

  it('answers NOT_FOUND for a call that is not there and NOT_REHEARSING on Twilio’s own line', async () => {
    await expect(clientOf({}).calls.get({ id: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(clientOf({}).rehearsal.place({ file: 'x.yaml' })).rejects.toMatchObject({
      code: 'NOT_REHEARSING',
    });
    expect(await clientOf({}).rehearsal.scripts()).toEqual([]);
  });

  it('lets nothing out that the contract does not allow, and nothing in', async () => {
    await expect(clientOf({ listCalls: () => [row] }).calls.list({})).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
    });
    await expect(clientOf({}).calls.list({ limit: 201 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
