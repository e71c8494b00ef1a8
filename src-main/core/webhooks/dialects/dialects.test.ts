import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import {
  authToken,
  type CoreUnderTest,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
  vaultWith,
} from '../../test-support/core-under-test.ts';

const retellApiKey = 'key_retell_for_tests_0123456789';
const toronto = '+14165550001';
const vips = '+14165550003';
const billing = '+14165550004';
const mainLine = '+14165550005';

const caller = '+14165550142';
const fromMontreal = '+15145550142';
const vip = '+15145557777';

/** Asks for a tag, a prefix, a form field and the called number, in this order. */
const rules = `, dynamic: { rules: [
      { name: Vip, when: { contact: { tag: vip } }, to: "${vips}" },
      { name: Billing from Montreal, when: { callerPrefix: "+1514", field: { department: billing } }, to: "${billing}" },
      { name: Toronto, when: { callerPrefix: "+1416" }, to: "${toronto}" },
      { name: Main line, when: { called: "+14165550109" }, to: "${mainLine}" } ] }`;
const desk = deskYaml({
  integration: rules,
  more: `contacts:\n  - { number: "${vip}", name: Corner Bakery, tags: [vip] }`,
});

type Json = Record<string, unknown>;

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8');
}

function start({ key = retellApiKey }: { key?: string | null } = {}) {
  return startCore(desk, {
    ports: {
      vault: vaultWith({
        TWILIO_AUTH_TOKEN: authToken,
        TWILIO_ACCOUNT_SID: 'ACtest',
        ...(key === null ? {} : { RETELL_API_KEY: key }),
      }),
    },
  });
}

function retellSignature(body: string, key = retellApiKey, at = Date.now()): string {
  return `v=${at},d=${createHmac('sha256', key).update(`${body}${at}`).digest('hex')}`;
}

/** What the record says of the newest request. */
function lastRequest({ dataDir }: CoreUnderTest): unknown {
  const db = new Database(join(dataDir, 'patchbay.db'), { readonly: true });
  try {
    return db
      .prepare(
        'SELECT status, url, integration_id, request_body, problem FROM webhook_requests ORDER BY id DESC',
      )
      .get();
  } finally {
    db.close();
  }
}

async function post(under: CoreUnderTest, path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${under.webhookUrl}/transfer/${routerKey}/${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...(path.startsWith('retell') ? { 'x-retell-signature': retellSignature(body) } : {}),
      ...headers,
    },
  });
  return { status: response.status, json: (await response.json()) as Json };
}

interface Case {
  fixture: string;
  path: string;
  answer: (destination: string) => unknown;
  /** Whether the request tells the number that was called, and the department. */
  tellsCalled: boolean;
  tellsDepartment: boolean;
}

const retellInbound = (transfer_number: string) => ({
  call_inbound: { dynamic_variables: { transfer_number }, metadata: {} },
});
const vapiDestination = (number: string) => ({ destination: { type: 'number', number } });
const both = { tellsCalled: true, tellsDepartment: true };
const cases: Case[] = [
  {
    fixture: 'callcow-transfer',
    path: 'callcow',
    answer: (transferNumber) => ({ transferNumber }),
    tellsCalled: false,
    tellsDepartment: false,
  },
  { fixture: 'vapi-transfer-destination-request', path: 'vapi', answer: vapiDestination, ...both },
  {
    fixture: 'vapi-unwrapped-request',
    path: 'vapi',
    answer: vapiDestination,
    tellsCalled: false,
    tellsDepartment: true,
  },
  {
    fixture: 'vapi-assistant-request',
    path: 'vapi',
    answer: vapiDestination,
    tellsCalled: true,
    tellsDepartment: false,
  },
  {
    fixture: 'retell-call-inbound',
    path: 'retell',
    answer: retellInbound,
    tellsCalled: true,
    tellsDepartment: false,
  },
  {
    fixture: 'retell-custom-function',
    path: 'retell',
    answer: (transfer_number) => ({ transfer_number }),
    ...both,
  },
  {
    fixture: 'retell-custom-function-args-only',
    path: 'retell',
    answer: (transfer_number) => ({ transfer_number }),
    tellsCalled: false,
    tellsDepartment: true,
  },
  {
    fixture: 'elevenlabs-conversation-initiation',
    path: 'elevenlabs',
    answer: (transfer_number) => ({
      type: 'conversation_initiation_client_data',
      dynamic_variables: { transfer_number },
    }),
    tellsCalled: true,
    tellsDepartment: false,
  },
  {
    fixture: 'dograh-resolver',
    path: 'dograh',
    answer: (destination) => ({ transfer_context: { destination } }),
    ...both,
  },
  {
    fixture: 'synthflow-custom-action',
    path: 'synthflow',
    answer: (phone_number) => [{ phone_number, department: 'billing', agent_name: 'Desk' }],
    ...both,
  },
  {
    fixture: 'bland-webhook-node',
    path: 'bland',
    answer: (number) => ({ transferNumber: number, phone_number: number }),
    ...both,
  },
];

describe.each(cases)('$fixture', ({ fixture: name, path, answer, tellsCalled, tellsDepartment }) => {
  const from = (number: string) => fixture(name).replaceAll(caller, number);

  it('gets its answer from the rules, exactly in the words of its platform', async () => {
    await using under = await start();
    expect(await post(under, path, fixture(name))).toEqual({ status: 200, json: answer(toronto) });
    expect(await post(under, path, from('+1 (416) 555-0142'))).toEqual({
      status: 200,
      json: answer(toronto),
    });
    expect(await post(under, path, from(vip))).toEqual({ status: 200, json: answer(vips) });
    for (const withheld of ['anonymous', '', '+266696687', 'gibberish']) {
      expect(await post(under, path, from(withheld))).toEqual({ status: 200, json: answer(staticNumber) });
    }
  });

  it('gives what the AI collected and the called number to the rules, where it tells them', async () => {
    await using under = await start();
    const expected = tellsDepartment ? billing : staticNumber;
    expect((await post(under, path, from(fromMontreal))).json).toEqual(answer(expected));
    const onMainLine = from('+12125550142').replaceAll('+14165550100', '+14165550109');
    expect((await post(under, path, onMainLine)).json).toEqual(answer(tellsCalled ? mainLine : staticNumber));
  });

  it('is kept as a transfer', async () => {
    await using under = await start();
    await post(under, path, fixture(name));
    expect(under.core.listTransfers({ limit: 10 })).toMatchObject([
      {
        integrationId: 'desk',
        dialect: path,
        caller,
        called: tellsCalled ? '+14165550100' : null,
        destination: toronto,
        fallbackReason: null,
        platformCall: null,
      },
    ]);
    const log = under.logLines.join('');
    for (const secret of [caller.slice(1), toronto.slice(1), routerKey, retellApiKey]) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('what only tells', () => {
  it.each(['vapi-status-update', 'vapi-end-of-call-report'])(
    '%s gets an empty answer and decides nothing',
    async (name) => {
      await using under = await start();
      expect(await post(under, 'vapi', fixture(name))).toEqual({ status: 200, json: {} });
      expect(under.core.listTransfers({ limit: 10 })).toEqual([]);
    },
  );

  it('events of Retell’s calls too', async () => {
    await using under = await start();
    const body = JSON.stringify({ event: 'call_ended', call: { from_number: caller } });
    expect(await post(under, 'retell', body)).toEqual({ status: 200, json: {} });
    expect(under.core.listTransfers({ limit: 10 })).toEqual([]);
  });
});

describe('Retell’s signature', () => {
  const body = fixture('retell-call-inbound');
  const minutes = 60_000;

  it.each([
    ['none', ''],
    ['one with another key', retellSignature(body, 'another key')],
    ['one of another body', retellSignature(`${body} `)],
    ['an old one', retellSignature(body, retellApiKey, Date.now() - 6 * minutes)],
    ['one from the future', retellSignature(body, retellApiKey, Date.now() + 6 * minutes)],
    ['a changed time', retellSignature(body).replace(/^v=\d+/, `v=${Date.now() + 1}`)],
    ['a short one', retellSignature(body).slice(0, -2)],
    ['nonsense', 'v=1,d=2'],
  ])('%s is refused and recorded', async (_what, signature) => {
    await using under = await start();
    const { status, json } = await post(under, 'retell', body, { 'x-retell-signature': signature });
    expect({ status, json }).toMatchObject({ status: 401, json: { error: { code: 'bad_signature' } } });
    expect(under.core.listTransfers({ limit: 10 })).toEqual([]);
    expect(lastRequest(under)).toEqual({
      status: 401,
      url: `/transfer/…${routerKey.slice(-4)}/retell`,
      integration_id: 'desk',
      request_body: body,
      problem: 'bad_signature',
    });
    expect(under.logLines.join('')).toContain('not signed by its platform');
  });

  it('holds for a few minutes, and for the body as it was sent', async () => {
    await using under = await start();
    const spaced = `\n ${body}\n`;
    const signature = retellSignature(spaced, retellApiKey, Date.now() - 4 * minutes);
    expect((await post(under, 'retell', spaced, { 'x-retell-signature': signature })).status).toBe(200);
  });

  it('can’t be checked without the key: refused, and the operator is told until it is there', async () => {
    await using under = await start({ key: null });
    const about = () => under.core.status().warnings.filter((warning) => warning.includes('Retell'));
    expect(about()).toEqual([]);
    const { status, json } = await post(under, 'retell', body);
    expect({ status, json }).toMatchObject({
      status: 403,
      json: { error: { code: 'signature_not_checkable' } },
    });
    expect(about()).toEqual([
      expect.stringMatching(/Retell asked for a destination and was refused.*RETELL_API_KEY/),
    ]);
    expect(under.logLines.join('')).toContain('its key is not set');
    under.core.setRetellKey(retellApiKey);
    expect(about()).toEqual([]);
    expect((await post(under, 'retell', body)).status).toBe(200);
  });
});

it('ElevenLabs’ variables are named in the address', async () => {
  await using under = await start();
  const variables = async (query: string) =>
    (await post(under, `elevenlabs?${query}`, fixture('elevenlabs-conversation-initiation'))).json
      .dynamic_variables;
  expect(await variables('var=dest')).toEqual({ dest: toronto });
  expect(await variables('var=dest&var=backup_dest')).toEqual({ dest: toronto, backup_dest: toronto });
  expect(await variables('var=system__caller_id&var=a%20b')).toEqual({ transfer_number: toronto });
});

it('a call that Retell placed is decided by the person at its other end', async () => {
  await using under = await start();
  const body = JSON.stringify({
    name: 'find_person',
    args: {},
    call: { direction: 'outbound', from_number: '+12125550100', to_number: caller },
  });
  expect((await post(under, 'retell', body)).json).toEqual({ transfer_number: toronto });
});

it('takes a request that carries a long transcript, up to 1 MB', async () => {
  await using under = await start();
  const bodyOf = (bytes: number) => {
    const body = (transcript: string) =>
      JSON.stringify({ message: { customer: { number: caller }, artifact: { transcript } } });
    return body('x'.repeat(bytes - body('').length));
  };
  expect((await post(under, 'vapi', bodyOf(1024 * 1024))).json).toEqual(vapiDestination(toronto));
  expect((await post(under, 'vapi', bodyOf(1024 * 1024 + 1))).status).toBe(413);
});

it('refuses what is no JSON object in every dialect, and says what to send', async () => {
  await using under = await start();
  for (const { path } of cases) {
    for (const [body, code] of [
      ['{', 'not_json'],
      ['[]', 'not_an_object'],
    ] as const) {
      const { status, json } = await post(under, path, body);
      expect({ path, status, json }).toMatchObject({ path, status: 400, json: { error: { code } } });
    }
  }
});

it('does not let a slow dynamic webhook outlast the platform’s patience', async () => {
  const asked = Promise.withResolvers<void>();
  const outbound = {
    postJson() {
      asked.resolve();
      return new Promise<never>(() => {});
    },
  };
  await using under = await startCore(
    deskYaml({ integration: ', dynamic: { webhook: "https://example.com/route", timeoutMs: 10000 }' }),
    { ports: { outbound } },
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const answered = post(under, 'dograh', fixture('dograh-resolver'));
    await asked.promise;
    vi.advanceTimersByTime(2_500);
    expect((await answered).json).toEqual({ transfer_context: { destination: staticNumber } });
  } finally {
    vi.useRealTimers();
  }
  expect(under.core.listTransfers({ limit: 1 })).toMatchObject([
    { fallbackReason: expect.stringMatching(/within the 2\.5 s that Dograh leaves/) },
  ]);
});
