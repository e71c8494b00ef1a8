import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { dialectIds } from '../../../src-preload/contract/transfers.ts';
import { VaultError } from '../errors.ts';
import { readPlatformCall } from '../platform-calls/read-platform-call.ts';
import { caller, deskYaml, routerKey, startCore, staticNumber } from '../test-support/core-under-test.ts';
import { dialects } from './dialects/dialects.ts';
import { ownParameters } from './dialects/own-parameters.ts';

const toronto = '+14165550001';
const desk = deskYaml({
  integration: `, dynamic: { rules: [{ name: Toronto, when: { callerPrefix: "+1416" }, to: "${toronto}" }] }`,
});
const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
const many = (count: number, entry: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => entry(index)).join(',');

async function send(webhookUrl: string, path: string, body: string) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(webhookUrl + path, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

describe('a platform that holds the key and sends anything', () => {
  it.each([
    ['callcow', `{"number":"${caller}","x":${deep}}`],
    ['vapi', `{"message":{"customer":{"number":"${caller}"},"artifact":${deep}}}`],
    [
      'vapi',
      `{"message":{"customer":{"number":"${caller}"},"toolCallList":[${many(60_000, () => '{"a":1}')}]}}`,
    ],
    ['dograh', `{"caller":"${caller}",${many(60_000, (index) => `"k${index}":"v"`)}}`],
    ['synthflow', `{"caller":"${caller}",${many(50_000, (index) => `"k${index}":{"n":1}`)}}`],
    ['bland', `{"__proto__":{"from":"${caller}"},"constructor":"x","toString":{"valueOf":1}}`],
    // Without quotation marks, as a parameter of the type "number" comes.
    ['dograh', `{"caller":${caller.slice(1)},"called":14165550100}`],
  ])('%s leads its caller on: %.60s', async (dialect, body) => {
    await using under = await startCore(desk);
    const { status, text } = await send(under.webhookUrl, `/transfer/${routerKey}/${dialect}`, body);
    expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining(toronto) });
    expect(under.core.listTransfers({ limit: 1 })).toMatchObject([{ caller, destination: toronto }]);
  });

  it('has its calls kept, whatever is nested in them', async () => {
    await using under = await startCore(desk);
    const path = `/calls/${routerKey}`;
    await send(under.webhookUrl, `/transfer/${routerKey}`, `{"number":"${caller}"}`);
    const body = `{"call_id":"c1","phone_number_from":"${caller}","context":${deep},"form_fills":{"a":${deep},"__proto__":"p","name":"Jo"}}`;
    expect(await send(under.webhookUrl, path, body)).toEqual({ status: 200, text: '{"ok":true}' });
    expect(under.core.listTransfers({ limit: 1 })[0]?.platformCall?.form).toMatchObject({
      a: '',
      name: 'Jo',
    });
  });

  it('gets the static number where a request can’t be read at all', async () => {
    await using under = await startCore(desk);
    using read = vi.spyOn(dialects.vapi, 'read');
    read.mockImplementationOnce(() => {
      throw new Error('a bug');
    });
    const { text } = await send(under.webhookUrl, `/transfer/${routerKey}/vapi`, '{}');
    expect(JSON.parse(text)).toEqual({ destination: { type: 'number', number: staticNumber } });
    expect(under.logLines.join('')).toContain('could not be read');
  });

  it('is never too much to read', () => {
    const query = new URLSearchParams();
    fc.assert(
      fc.property(fc.constantFrom(...dialectIds), fc.dictionary(fc.string(), fc.jsonValue()), (id, body) => {
        const asked = dialects[id].read(body, query);
        if (asked.kind === 'notice') return;
        const answer = asked.answer({
          destination: staticNumber,
          integrationName: 'Desk',
          fields: asked.fields,
        });
        expect(JSON.stringify(answer)).toContain(staticNumber);
        expect(readPlatformCall({ ...body, call_id: 'c1' }, staticNumber, 0)?.callId).toBe('c1');
      }),
    );
  });

  it('makes Patchbay try no more than a few numbers', () => {
    const spellings = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`number${'-'.repeat(i)}`, 'x']),
    );
    const nested = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, { number: 'x' }]));
    expect(ownParameters({ ...spellings, ...nested }).callers.length).toBeLessThanOrEqual(50);
    expect(ownParameters(nested).callers.length).toBeLessThanOrEqual(50);
  });
});

it('answers a fault of its own at once, and has it on record', async () => {
  const vault = {
    get: (name: string) => {
      if (name === 'RETELL_API_KEY') throw new VaultError('the key file can’t be read');
      return undefined;
    },
    set: () => {},
    delete: () => {},
  };
  await using under = await startCore(desk, { ports: { vault } });
  const { status, text } = await send(
    under.webhookUrl,
    `/transfer/${routerKey}/retell`,
    '{"call_inbound":{}}',
  );
  expect({ status, error: JSON.parse(text) }).toMatchObject({
    status: 500,
    error: { error: { code: 'failed' } },
  });
  expect(under.logLines.join('')).toContain('could not be answered');
  expect((await send(under.webhookUrl, `/transfer/${routerKey}`, '{}')).status).toBe(200);
});
