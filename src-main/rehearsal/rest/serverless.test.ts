import { describe, expect, it } from 'vitest';
import { type RehearsedTwilio, rehearseTwilio } from '../../core/test-support/rehearsed-twilio.ts';
import { ManualTime } from '../manual-time.ts';
import { twilioSignature } from '../signature.ts';

type Body = Record<string, string> | URLSearchParams | FormData;

interface Answer {
  status: number;
  json: Record<string, unknown>;
}

const answering = `exports.handler = function (context, event, callback) {
  const twiml = new Twilio.twiml.VoiceResponse();
  twiml.say('Hello ' + event.From + ' of ' + event.shop);
  callback(null, twiml);
};`;

async function rehearse() {
  const time = new ManualTime();
  const twilio = await rehearseTwilio({}, { time });
  return { time, twilio, [Symbol.asyncDispose]: () => twilio[Symbol.asyncDispose]() };
}

async function ask(
  { apiUrl, account }: RehearsedTwilio,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: Body,
): Promise<Answer> {
  const subdomain = body instanceof FormData ? 'serverless-upload' : 'serverless';
  const response = await fetch(`${apiUrl}/${subdomain}/v1/Services${path}`, {
    method,
    headers: { Authorization: `Basic ${btoa(`${account.sid}:${account.authToken}`)}` },
    ...(body && { body: body instanceof FormData ? body : new URLSearchParams(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function make(twilio: RehearsedTwilio, path: string, body: Body) {
  const { status, json } = await ask(twilio, 'POST', path, body);
  expect(json).toHaveProperty('sid');
  expect(status).toBe(201);
  return json as Record<string, unknown> & { sid: string };
}

function upload(content: string, path = '/answer', visibility = 'protected'): FormData {
  const form = new FormData();
  form.set('Path', path);
  form.set('Visibility', visibility);
  form.set('Content', new Blob([content], { type: 'application/javascript' }), 'answer.js');
  return form;
}

const serviceForm = { UniqueName: 'patchbay-net', FriendlyName: 'Patchbay' };

/** A service with one environment and a build of these Functions; not yet deployed. */
async function publish({ twilio, time }: Awaited<ReturnType<typeof rehearse>>, ...files: FormData[]) {
  const service = await make(twilio, '', serviceForm);
  const root = `/${service.sid}`;
  const environment = await make(twilio, `${root}/Environments`, {
    UniqueName: 'live',
    DomainSuffix: 'live',
  });
  const made = await make(twilio, `${root}/Functions`, { FriendlyName: 'answer' });
  const versions = [];
  for (const file of files) versions.push(await make(twilio, `${root}/Functions/${made.sid}/Versions`, file));
  const form = new URLSearchParams({ Runtime: 'node22' });
  for (const { sid } of versions) form.append('FunctionVersions', sid);
  const build = await make(twilio, `${root}/Builds`, form);
  await time.advance(1);
  const deployments = `${root}/Environments/${environment.sid}/Deployments`;
  return { service, root, environment, made, versions, build, deployments };
}

async function page(
  { apiUrl, account }: RehearsedTwilio,
  url: string,
  params: Record<string, string>,
  token = account.authToken,
) {
  const response = await fetch(url.replace('https:/', apiUrl), {
    method: 'POST',
    headers: { 'X-Twilio-Signature': twilioSignature(token, url, params) },
    body: new URLSearchParams(params),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.text(),
  };
}

describe('Twilio Serverless on the rehearsal line', () => {
  it('is published step by step and answers under its domain to Twilio alone', async () => {
    await using line = await rehearse();
    const { twilio } = line;
    const { root, environment, build, deployments } = await publish(line, upload(answering));
    expect(environment.domain_name).toMatch(/^patchbay-net-\d{4}-live\.twil\.io$/);
    const url = `https://${environment.domain_name}/answer?shop=Harbour`;
    expect(await page(twilio, url, {})).toMatchObject({ status: 404 });
    expect((await ask(twilio, 'GET', `${root}/Builds/${build.sid}/Status`)).json).toMatchObject({
      status: 'completed',
    });
    const deployment = await make(twilio, deployments, { BuildSid: build.sid });
    expect((await ask(twilio, 'GET', deployments)).json.deployments).toMatchObject([{ sid: deployment.sid }]);

    expect(await page(twilio, url, { From: '+14165559999' })).toEqual({
      status: 200,
      type: 'text/xml; charset=utf-8',
      body: '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hello +14165559999 of Harbour</Say></Response>',
    });
    expect(await page(twilio, url, {}, 'another token')).toMatchObject({ status: 403 });
    const unsigned = await fetch(url.replace('https:/', twilio.apiUrl));
    expect(unsigned.status).toBe(403);
    expect(await page(twilio, url.replace('/answer', '/other'), {})).toMatchObject({ status: 404 });
  });

  it('takes its time to build, and a build can fail', async () => {
    await using line = await rehearse();
    const { twilio, time } = line;
    const { root, versions, deployments } = await publish(line, upload(answering));
    twilio.account.serverless.failBuilds = 1;
    const again = { FunctionVersions: versions[0]?.sid ?? '', Runtime: 'node22' };
    const build = await make(twilio, `${root}/Builds`, again);
    expect(build.status).toBe('building');
    expect(await ask(twilio, 'POST', deployments, { BuildSid: build.sid })).toMatchObject({ status: 400 });
    await time.advance(1);
    expect((await ask(twilio, 'GET', `${root}/Builds/${build.sid}`)).json.status).toBe('failed');
    expect((await make(twilio, `${root}/Builds`, again)).status).toBe('building');
  });

  it('finds a service by its name, and takes a name once', async () => {
    await using line = await rehearse();
    const { twilio } = line;
    const service = await make(twilio, '', serviceForm);
    expect((await ask(twilio, 'GET', '/patchbay-net')).json.sid).toBe(service.sid);
    expect((await ask(twilio, 'GET', '')).json.services).toMatchObject([{ sid: service.sid }]);
    expect((await ask(twilio, 'POST', '', serviceForm)).status).toBe(409);
    const live = { UniqueName: 'live', DomainSuffix: 'live' };
    await make(twilio, `/${service.sid}/Environments`, live);
    expect((await ask(twilio, 'POST', `/${service.sid}/Environments`, live)).status).toBe(409);
    expect((await ask(twilio, 'DELETE', `/${service.sid}`)).status).toBe(204);
    expect((await ask(twilio, 'GET', `/${service.sid}`)).status).toBe(404);
    expect(twilio.account.serverless.environments).toEqual([]);
  });

  it('keeps a build that is deployed, and lets go of one that is not', async () => {
    await using line = await rehearse();
    const { twilio, time } = line;
    const { root, build, versions, made, environment, deployments } = await publish(line, upload(answering));
    await make(twilio, deployments, { BuildSid: build.sid });
    expect((await ask(twilio, 'POST', deployments, { BuildSid: build.sid })).status).toBe(409);
    expect((await ask(twilio, 'DELETE', `${root}/Builds/${build.sid}`)).status).toBe(409);
    const next = await make(twilio, `${root}/Builds`, { FunctionVersions: versions[0]?.sid ?? '' });
    await time.advance(1);
    await make(twilio, deployments, { BuildSid: next.sid });
    expect((await ask(twilio, 'DELETE', `${root}/Builds/${build.sid}`)).status).toBe(204);
    expect((await ask(twilio, 'GET', `${root}/Builds`)).json.builds).toMatchObject([{ sid: next.sid }]);
    expect((await ask(twilio, 'DELETE', `${root}/Functions/${made.sid}`)).status).toBe(204);
    // What is deployed answers on.
    const url = `https://${environment.domain_name}/answer`;
    expect(await page(twilio, url, { From: 'Bob' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['throws', 'exports.handler = () => { throw new Error("broken"); };', 500, 'broken'],
    ['is no JavaScript', 'exports.handler = (', 500, ''],
    ['calls back with an error', 'exports.handler = (c, e, done) => done(new Error("no"));', 500, 'no'],
    ['rejects', 'exports.handler = async () => { throw new Error("later"); };', 500, 'later'],
    ['wants a module', 'require("fs"); exports.handler = () => {};', 500, 'fs'],
    ['answers with words', 'exports.handler = (c, e, done) => done(null, c.PATH);', 200, '/open'],
    [
      'puts its own answer together',
      `exports.handler = (c, e, done) => {
        const response = new Twilio.Response();
        response.setStatusCode(503).appendHeader('Content-Type', 'text/html');
        response.setBody('<p>closed</p>');
        done(null, response);
      };`,
      503,
      '<p>closed</p>',
    ],
  ])('answers for a Function that %s', async (_what, content, status, words) => {
    await using line = await rehearse();
    const { twilio } = line;
    const { environment, build, deployments } = await publish(line, upload(content, '/open', 'public'));
    await make(twilio, deployments, { BuildSid: build.sid });
    const url = `https://${environment.domain_name}/open`;
    const answer = await page(twilio, url, {}, 'no matter');
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(words);
  });
});
