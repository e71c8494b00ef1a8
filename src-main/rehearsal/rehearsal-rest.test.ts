import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RehearsalRest, type SentText } from './rehearsal-rest.ts';

const account = { sid: 'AC1', authToken: 'secret' };
const texts: SentText[] = [];
const rest = new RehearsalRest(account, (text) => texts.push(text));
let apiUrl = '';
beforeAll(async () => {
  ({ apiUrl } = await rest.start());
});
afterAll(() => rest.stop());

const post = async (
  body: Record<string, string>,
  { path = '/api/2010-04-01/Accounts/AC1/Messages.json', token = 'secret' } = {},
) => {
  const response = await fetch(`${apiUrl}${path}`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`AC1:${token}`)}` },
    body: new URLSearchParams(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};
const message = { From: '+14165550100', To: '+14165559999', Body: 'Hello' };

describe('RehearsalRest', () => {
  it('takes a text and answers as Twilio does', async () => {
    const { status, json } = await post(message);
    expect(status).toBe(201);
    expect(json).toMatchObject({ status: 'queued', to: message.To, from: message.From, body: 'Hello' });
    expect(texts.at(-1)).toMatchObject({ sid: json.sid, to: message.To, body: 'Hello' });
  });

  it.each([
    ['wrong credentials', message, { token: 'wrong' }, 401, 20003],
    ['an unknown path', message, { path: '/api/2010-04-01/Accounts/AC1/Faxes.json' }, 404, 20404],
    ['another account', message, { path: '/api/2010-04-01/Accounts/AC2/Messages.json' }, 404, 20404],
    ['the invalid test number', { ...message, To: '+15005550001' }, {}, 400, 21211],
    ['no number', { ...message, To: 'Bob' }, {}, 400, 21211],
    ['an empty text', { ...message, Body: '' }, {}, 400, 21602],
  ])('refuses %s', async (_what, body, options, status, code) => {
    const before = texts.length;
    const answer = await post(body, options);
    expect(answer.status).toBe(status);
    expect(answer.json.code).toBe(code);
    expect(texts).toHaveLength(before);
  });

  it('refuses a number as the script asks', async () => {
    rest.refuseTextsTo('+14165558888', 21610);
    expect((await post({ ...message, To: '+14165558888' })).json.code).toBe(21610);
  });
});
