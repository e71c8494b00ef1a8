import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TwilioRequestError } from '../errors.ts';
import type { Vault } from '../ports.ts';
import { createTwilioRest } from './create-twilio-rest.ts';
import { type Answer, instantWaiting, testTwilioServer } from './test-twilio-server.ts';
import { createTextSender } from './text-sender.ts';
import type { TwilioRest } from './twilio-rest.ts';

const accountSid = `AC${'1'.repeat(32)}`;
const authToken = 'feedc0defeedc0defeedc0defeedc0de';
const basic = (sid: string, token: string) => `Basic ${btoa(`${sid}:${token}`)}`;

function vaultOf(secrets: Record<string, string>): Vault {
  return {
    get: (name) => secrets[name],
    set: (name, value) => {
      secrets[name] = value;
    },
    delete: (name) => {
      delete secrets[name];
    },
  };
}

async function setUp(...answers: Answer[]) {
  const server = await testTwilioServer(...answers);
  const waiting = instantWaiting();
  const vault = vaultOf({ TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken });
  const rest = createTwilioRest({ vault, apiUrl: () => server.apiUrl, waiting });
  return { ...server, rest, vault, waiting, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function failure(work: Promise<unknown>): Promise<TwilioRequestError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof TwilioRequestError)) throw new Error('no TwilioRequestError', { cause: thrown });
  return thrown;
}

const text = { from: '+14165550100', to: '+14165559999', body: 'Hello' };
const refusal = (status: number, code: number, message: string): Answer => ({
  status,
  body: { status, code, message, more_info: `https://www.twilio.com/docs/errors/${code}` },
});

describe('createTwilioRest', () => {
  it('asks what takes Twilio’s place, with the account of the vault', async () => {
    await using twilio = await setUp({ status: 200, body: { sid: accountSid, friendly_name: 'Harbour' } });
    const account = await twilio.rest.ask((client) => client.api.v2010.accounts(accountSid).fetch());
    expect(account.friendlyName).toBe('Harbour');
    expect(twilio.seen).toMatchObject([
      {
        method: 'GET',
        url: `/api/2010-04-01/Accounts/${accountSid}.json`,
        headers: { authorization: basic(accountSid, authToken), connection: 'close' },
      },
    ]);
  });

  it('leads every subdomain to its own folder', async () => {
    await using twilio = await setUp({ status: 200, body: {} });
    await twilio.rest.ask((client) => client.trusthub.v1.customerProfiles(`BU${'2'.repeat(32)}`).fetch());
    await twilio.rest.ask((client) => client.lookups.v2.phoneNumbers('+14165550100').fetch());
    expect(twilio.seen.map(({ url }) => url)).toEqual([
      `/trusthub/v1/CustomerProfiles/BU${'2'.repeat(32)}`,
      '/lookups/v2/PhoneNumbers/+14165550100',
    ]);
  });

  it('asks with other credentials where they are given, and with a rotated token at once', async () => {
    await using twilio = await setUp({ status: 200, body: { sid: accountSid } });
    const other = { accountSid: `AC${'3'.repeat(32)}`, authToken: 'other' };
    const fetchIt = (credentials?: typeof other) =>
      twilio.rest.ask((client) => client.api.v2010.accounts(accountSid).fetch(), credentials);
    await fetchIt();
    await fetchIt(other);
    twilio.vault.set('TWILIO_AUTH_TOKEN', 'rotated');
    await fetchIt();
    expect(twilio.seen.map(({ headers }) => headers.authorization)).toEqual([
      basic(accountSid, authToken),
      basic(other.accountSid, 'other'),
      basic(accountSid, 'rotated'),
    ]);
  });

  it('says so without an account, and with something that is none, and asks nobody', async () => {
    await using twilio = await setUp({ status: 200 });
    twilio.vault.delete('TWILIO_AUTH_TOKEN');
    expect(await failure(twilio.rest.ask(async () => 1))).toMatchObject({
      kind: 'no-account',
      retryable: false,
    });
    expect(await failure(twilio.rest.fetchHosted('https://x.twil.io/', {}))).toMatchObject({
      kind: 'no-account',
    });
    const key = { accountSid: `SK${'1'.repeat(32)}`, authToken };
    expect(await failure(twilio.rest.ask(async () => 1, key))).toMatchObject({ kind: 'not-an-account' });
    expect(twilio.seen).toHaveLength(0);
  });

  it('tells what Twilio said', async () => {
    await using twilio = await setUp(refusal(401, 20003, 'Authenticate'));
    const error = await failure(twilio.rest.ask((client) => client.balance.fetch()));
    expect(error).toMatchObject({
      message: 'Twilio error 20003: Authenticate',
      kind: 'answered',
      status: 401,
      code: 20003,
      detail: 'Authenticate',
      retryable: false,
      uncertain: false,
    });
    expect(twilio.seen).toHaveLength(1);
  });

  it('reads a refusal in the words of RFC 9457, and one without words', async () => {
    await using twilio = await setUp(
      {
        status: 400,
        body: { type: 'https://x', title: 'Bad', status: 400, code: 60600, detail: 'No number' },
      },
      { status: 404, body: '<html>gone</html>', headers: { 'Content-Type': 'text/html' } },
    );
    const fetchIt = () => failure(twilio.rest.ask((client) => client.balance.fetch()));
    expect(await fetchIt()).toMatchObject({ code: 60600, detail: 'No number' });
    expect(await fetchIt()).toMatchObject({ status: 404, code: undefined, message: 'Twilio answered 404' });
  });

  it('takes a page of the hotel’s network for no answer of Twilio’s', async () => {
    await using twilio = await setUp({
      status: 200,
      body: '<html>Welcome, please log in</html>',
      headers: { 'Content-Type': 'text/html' },
    });
    expect(await failure(twilio.rest.ask((client) => client.balance.fetch()))).toMatchObject({
      kind: 'unreachable',
      detail: 'what answered is not Twilio',
    });
    expect(twilio.seen).toHaveLength(1);
  });

  it('reads again until it works', async () => {
    await using twilio = await setUp(
      { status: 503, headers: { 'Retry-After': '2' } },
      'cut',
      refusal(429, 20429, 'Too many requests'),
      { status: 200, body: { balance: '12.5', currency: 'USD' } },
    );
    const balance = await twilio.rest.ask((client) => client.balance.fetch());
    expect(balance.balance).toBe('12.5');
    expect(twilio.waiting.slept).toEqual([2_000, 450, 900]);
  });

  it('gives up with the last answer', async () => {
    await using twilio = await setUp(refusal(429, 20429, 'Too many requests'));
    const error = await failure(twilio.rest.ask((client) => client.balance.fetch()));
    expect(error).toMatchObject({ status: 429, code: 20429, retryable: true });
    expect(twilio.seen).toHaveLength(4);
  });

  it('takes back what is there already once', async () => {
    await using twilio = await setUp({ status: 500 }, { status: 204 });
    const removed = await twilio.rest.ask((client) =>
      client.serverless.v1.services(`ZS${'4'.repeat(32)}`).remove(),
    );
    expect(removed).toBe(true);
    expect(twilio.seen.map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });

  it('takes what was removed by a try that broke for removed, and nothing else', async () => {
    const remove = (rest: TwilioRest) =>
      rest.ask((client) => client.serverless.v1.services(`ZS${'4'.repeat(32)}`).remove());
    await using broken = await setUp('cut', refusal(404, 20404, 'Not found'));
    expect(await remove(broken.rest)).toBe(true);
    await using missing = await setUp(refusal(404, 20404, 'Not found'));
    expect(await failure(remove(missing.rest))).toMatchObject({ status: 404 });
  });

  it.each<[string, Answer]>([
    ['an error of Twilio’s', { status: 500 }],
    ['a broken connection', 'cut'],
  ])('never places a second call after %s', async (_name, answer) => {
    await using twilio = await setUp(answer);
    const error = await failure(
      twilio.rest.ask((client) =>
        client.calls.create({ from: text.from, to: text.to, twiml: '<Response/>' }),
      ),
    );
    expect(error).toMatchObject({ uncertain: true, retryable: true });
    expect(twilio.seen).toHaveLength(1);
  });

  it('says that Twilio can’t be reached, after a few tries', async () => {
    const gone = await setUp({ status: 200 });
    await gone[Symbol.asyncDispose]();
    const error = await failure(
      gone.rest.ask((client) => client.messages.create({ from: text.from, to: text.to, body: 'x' })),
    );
    expect(error).toMatchObject({
      kind: 'unreachable',
      status: undefined,
      detail: 'the connection was refused',
      uncertain: false,
    });
    expect(gone.waiting.slept).toEqual([225, 450, 900]);
    expect(gone.waiting.slept.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(3_000);
  });

  it('keeps the auth token out of whatever it throws', async () => {
    await using cut = await setUp('cut');
    await using echo = await setUp(refusal(400, 20001, `Bad header ${authToken}`));
    const gone = await setUp({ status: 200 });
    await gone[Symbol.asyncDispose]();
    const upload = {
      serviceSid: 'ZS1',
      functionSid: 'ZH1',
      path: '/a',
      visibility: 'public',
      content: '',
    } as const;
    for (const { rest } of [cut, echo, gone]) {
      const errors = [
        await failure(rest.ask((client) => client.messages.create({ ...text }))),
        await failure(rest.uploadFunction(upload)),
      ];
      for (const error of errors) {
        const shown = inspect(error, { depth: 20, showHidden: true });
        expect(shown).not.toContain(authToken);
        expect(shown).not.toContain(btoa(`${accountSid}:${authToken}`));
      }
    }
  });

  it('passes on what the question itself throws', async () => {
    await using twilio = await setUp({ status: 200 });
    const ours = new Error('a fault of ours');
    await expect(twilio.rest.ask(() => Promise.reject(ours))).rejects.toBe(ours);
  });
});

describe('uploadFunction', () => {
  const upload = {
    serviceSid: `ZS${'5'.repeat(32)}`,
    functionSid: `ZH${'6'.repeat(32)}`,
    path: '/answer',
    visibility: 'protected',
    content: 'exports.handler = () => {};',
  } as const;

  it('sends the file as multipart', async () => {
    await using twilio = await setUp({ status: 201, body: { sid: 'ZN1' } });
    expect(await twilio.rest.uploadFunction(upload)).toEqual({ sid: 'ZN1' });
    const [request] = twilio.seen;
    expect(request).toMatchObject({
      method: 'POST',
      url: `/serverless-upload/v1/Services/${upload.serviceSid}/Functions/${upload.functionSid}/Versions`,
      headers: { authorization: basic(accountSid, authToken) },
    });
    const form = await new Response(request?.body, {
      headers: { 'Content-Type': request?.headers['content-type'] ?? '' },
    }).formData();
    expect(form.get('Path')).toBe('/answer');
    expect(form.get('Visibility')).toBe('protected');
    const content = form.get('Content');
    if (!(content instanceof File)) throw new Error('Content is no file');
    expect(content.type).toBe('application/javascript');
    expect(await content.text()).toBe(upload.content);
  });

  it('throws what Twilio said, and never uploads twice', async () => {
    await using refusing = await setUp(refusal(404, 20404, 'Not found'));
    expect(await failure(refusing.rest.uploadFunction(upload))).toMatchObject({ status: 404, code: 20404 });
    await using broken = await setUp('cut');
    expect(await failure(broken.rest.uploadFunction(upload))).toMatchObject({ uncertain: true });
    expect(broken.seen).toHaveLength(1);
    await using strange = await setUp({ status: 200, body: 'hello' });
    expect(await failure(strange.rest.uploadFunction(upload))).toMatchObject({ kind: 'unreachable' });
  });
});

describe('fetchHosted', () => {
  const url = 'https://patchbay-1234.twil.io/answer?net=1';

  it('signs the request over the page’s own address', async () => {
    await using twilio = await setUp({
      status: 200,
      body: '<Response/>',
      headers: { 'Content-Type': 'text/xml' },
    });
    const answer = await twilio.rest.fetchHosted(url, { To: '+14165550100', From: '+14165559999' });
    expect(answer).toEqual({ status: 200, contentType: 'text/xml', body: '<Response/>' });
    // https://www.twilio.com/docs/usage/security: the address, then each parameter's name and value, sorted by name.
    const signed = `${url}From+14165559999To+14165550100`;
    expect(twilio.seen).toMatchObject([
      {
        method: 'POST',
        url: '/patchbay-1234.twil.io/answer?net=1',
        headers: { 'x-twilio-signature': createHmac('sha1', authToken).update(signed).digest('base64') },
        body: 'To=%2B14165550100&From=%2B14165559999',
      },
    ]);
  });

  it('takes a 403 or a 404 for an answer', async () => {
    await using twilio = await setUp({ status: 403, body: 'no' });
    expect(await twilio.rest.fetchHosted(url, {})).toMatchObject({ status: 403 });
    expect(twilio.seen).toHaveLength(1);
  });

  it('signs with the token before as well while Twilio does not check with the new one yet', async () => {
    await using twilio = await setUp({ status: 403, body: 'no' }, { status: 200, body: '<Response/>' });
    twilio.vault.set('TWILIO_AUTH_TOKEN_PREVIOUS', 'the one before');
    expect(await twilio.rest.fetchHosted(url, {})).toMatchObject({ status: 200 });
    expect(twilio.seen.map(({ headers }) => headers['x-twilio-signature'])).toEqual(
      [authToken, 'the one before'].map((token) => createHmac('sha1', token).update(url).digest('base64')),
    );
  });

  it('asks again when an answer was lost: the page only answers', async () => {
    await using twilio = await setUp('cut', { status: 200, body: '<Response/>' });
    expect(await twilio.rest.fetchHosted(url, {})).toMatchObject({ status: 200 });
  });

  it.each([
    'https://example.com/answer',
    'https://twil.io.example.com/',
    'http://patchbay-1234.twil.io/',
    'https://eviltwil.io/',
    'https://me@patchbay.twil.io/',
  ])('refuses %s', async (elsewhere) => {
    await using twilio = await setUp({ status: 200 });
    await expect(twilio.rest.fetchHosted(elsewhere, {})).rejects.toThrow(RangeError);
    expect(twilio.seen).toHaveLength(0);
  });
});

describe('createTextSender', () => {
  it('sends a text once', async () => {
    await using twilio = await setUp({ status: 201, body: { sid: 'SM1' } });
    expect(await createTextSender(twilio.rest).send(text)).toEqual({ sid: 'SM1' });
    expect(twilio.seen).toMatchObject([
      {
        url: `/api/2010-04-01/Accounts/${accountSid}/Messages.json`,
        body: 'To=%2B14165559999&From=%2B14165550100&Body=Hello',
      },
    ]);
  });

  it('throws Twilio’s status and code', async () => {
    await using twilio = await setUp(refusal(400, 21610, 'Attempt to send to unsubscribed recipient'));
    expect(await failure(createTextSender(twilio.rest).send(text))).toMatchObject({
      status: 400,
      code: 21610,
    });
  });
});
