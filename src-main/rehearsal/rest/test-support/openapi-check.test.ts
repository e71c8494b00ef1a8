import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CheckedRequest } from '../read-request.ts';
import { twilioError } from '../route.ts';
import { OpenApiCheck, openApiCheck } from './openapi-check.ts';
import { TwilioDocuments } from './twilio-documents.ts';

const pattern = '^BT[0-9a-f]{4}$';
const boat = {
  type: 'object',
  properties: {
    sid: { type: 'string', pattern, minLength: 6, maxLength: 6, nullable: true },
    state: { $ref: '#/components/schemas/boat_enum_state' },
    method: { type: 'string', enum: ['GET', 'POST'], format: 'http-method', nullable: true },
    url: { type: 'string', format: 'uri' },
    launched: { type: 'string', format: 'date-time' },
    masts: { type: 'integer' },
    links: { type: 'object', format: 'uri-map' },
  },
};
const responses = {
  '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/boat' } } } },
};
const sid = { in: 'path', name: 'Sid', required: true, schema: { type: 'string', pattern } };
const form = {
  type: 'object',
  required: ['Name'],
  properties: {
    Name: { type: 'string' },
    Masts: { type: 'integer' },
    Sails: { type: 'array', items: { $ref: '#/components/schemas/boat_enum_state' } },
    Home: { type: 'string', format: 'uri' },
    Afloat: { type: 'boolean' },
    OwnerSid: { type: 'string', pattern: '^AC\\d$', minLength: 3, maxLength: 3 },
  },
};
const document = {
  paths: {
    '/v1/Boats/{Sid}': {
      get: { parameters: [sid], responses },
      delete: { parameters: [sid], responses: { '204': {} } },
    },
    '/v1/Boats/Local': { get: { responses } },
    '/v1/Boats': {
      get: {
        parameters: [
          { in: 'query', name: 'State', schema: { $ref: '#/components/schemas/boat_enum_state' } },
          { in: 'query', name: 'PageSize', schema: { type: 'integer', minimum: 1, maximum: 1000 } },
        ],
        responses,
      },
      post: {
        requestBody: { content: { 'application/x-www-form-urlencoded': { schema: form } } },
        responses,
      },
    },
  },
  components: { schemas: { boat, boat_enum_state: { type: 'string', enum: ['afloat', 'ashore'] } } },
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-openapi-'));
  for (const name of ['api_v2010', 'lookups_v2', 'monitor_v1', 'serverless_v1', 'trusthub_v1', 'voice_v1']) {
    writeFileSync(join(folder, `twilio_${name}.json`), JSON.stringify(document));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** "GET /v1/Boats?State=afloat" or "POST /v1/Boats" with a form, to `subdomain`. */
function requestOf(line: string, body?: string, subdomain = 'voice'): CheckedRequest {
  const [method = '', target = ''] = line.split(' ');
  const url = new URL(target, 'http://localhost');
  return {
    method,
    subdomain,
    path: url.pathname,
    query: url.searchParams,
    form: new URLSearchParams(body),
    headers: body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
    raw: Buffer.from(body ?? ''),
  };
}

const check = (): OpenApiCheck => new OpenApiCheck(new TwilioDocuments(folder));

describe('the check of a request', () => {
  it.each([
    ['GET /v1/Boats/BT00ff', undefined],
    ['GET /v1/Boats/Local', undefined],
    ['GET /v1/Boats?State=afloat&PageSize=1000', undefined],
    ['POST /v1/Boats', 'Name=Ida&Masts=2&Sails=afloat&Sails=ashore&Afloat=true&Home=https://a.example'],
    ['POST /v1/Boats', 'Name=Ida&Home=&OwnerSid='],
  ])('takes %s %s', (line, body) => {
    expect(check().request(requestOf(line, body))).toEqual([]);
  });

  it.each([
    ['GET /v1/Ships', undefined, 'no such path'],
    ['PUT /v1/Boats', undefined, 'no such path'],
    ['GET /v1/Boats/BT1', undefined, 'Sid'],
    ['GET /v1/Boats?Colour=red', undefined, 'no parameter Colour'],
    ['GET /v1/Boats?State=sunk', undefined, 'State'],
    ['GET /v1/Boats?State=afloat&State=ashore', undefined, 'more than once'],
    ['GET /v1/Boats?PageSize=0', undefined, 'PageSize'],
    ['GET /v1/Boats?PageSize=1001', undefined, 'PageSize'],
    ['POST /v1/Boats', '', 'Name is missing'],
    ['POST /v1/Boats', 'Name=', 'Name is missing'],
    ['POST /v1/Boats', 'Name=Ida&Colour=red', 'no parameter Colour'],
    ['POST /v1/Boats', 'Name=Ida&Masts=two', 'Masts'],
    ['POST /v1/Boats', 'Name=Ida&Sails=afloat&Sails=sunk', 'Sails'],
    ['POST /v1/Boats', 'Name=Ida&Afloat=yes', 'Afloat'],
    ['POST /v1/Boats', 'Name=Ida&Home=/here', 'Home'],
    ['POST /v1/Boats', 'Name=Ida&OwnerSid=BT1', 'OwnerSid'],
    ['POST /v1/Boats?Masts=1', 'Name=Ida', 'no parameter Masts'],
    ['GET /v1/Boats', 'Name=Ida', 'no form'],
  ])('refuses %s %s', (line, body, problem) => {
    const under = check();
    expect(under.request(requestOf(line, body)).join()).toContain(problem);
    expect(() => under.throwIfViolated()).toThrow(problem);
  });

  it('refuses a body that is no form, and a host that is not described', () => {
    const json = { ...requestOf('POST /v1/Boats', '{}'), headers: { 'content-type': 'application/json' } };
    expect(check().request(json).join()).toContain('no form');
    expect(
      check()
        .request(requestOf('GET /v1/Boats', undefined, 'harbour'))
        .join(),
    ).toContain('no such path');
  });

  it.each(['serverless-upload', 'net-1234.twil.io'])('leaves %s alone, which nobody describes', (host) => {
    const under = check();
    const request = requestOf('POST /v1/Ships', 'a=b', host);
    expect([...under.request(request), ...under.answer(request, { status: 200, body: 'x' })]).toEqual([]);
  });
});

describe('the check of an answer', () => {
  const answered = (body: object | null, status = 200, line = 'GET /v1/Boats/BT00ff', subdomain = 'voice') =>
    check()
      .answer(requestOf(line, undefined, subdomain), { status, body })
      .join();
  const good = {
    sid: 'BT00ff',
    state: 'ashore',
    method: null,
    url: 'https://a.example/b',
    launched: '2026-11-24T10:00:00Z',
    masts: 2,
    links: { anything: 'goes' },
  };

  it('takes what is described, null and "" where they may be', () => {
    expect(answered(good)).toBe('');
    expect(answered({ ...good, sid: '', method: 'POST', url: '/2010-04-01/Boats/BT00ff.json' })).toBe('');
    expect(answered({ ...good, sid: null })).toBe('');
    expect(answered(null, 204, 'DELETE /v1/Boats/BT00ff')).toBe('');
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ state: 'sunk' }, 'state'],
    [{ state: null }, 'state'],
    [{ method: 'PATCH' }, 'method'],
    [{ sid: 'BT1' }, 'sid'],
    [{ url: 'harbour' }, 'url'],
    [{ launched: 'Tue, 24 Nov 2026 10:00:00 +0000' }, 'launched'],
    [{ masts: '2' }, 'masts'],
    [{ masts: null }, 'masts'],
  ])('refuses %j', (change, problem) => {
    expect(answered({ ...good, ...change })).toContain(problem);
  });

  it('refuses one that leaves something out', () => {
    const { links: _, ...less } = good;
    expect(answered(less)).toContain('links');
  });

  it('refuses statuses and bodies that nobody described', () => {
    expect(answered(good, 201)).toContain('status 201');
    expect(answered(null)).toContain('answer');
    expect(answered(good, 204, 'DELETE /v1/Boats/BT00ff')).toContain('without a body');
  });

  it('takes failures in Twilio’s shape alone', () => {
    const request = requestOf('GET /v1/Boats/BT00ff');
    expect(check().answer(request, twilioError(404, 20404, 'not there'))).toEqual([]);
    expect(check().answer(request, { status: 500, body: '<html>' })).toHaveLength(1);
    expect(
      check().answer(request, { status: 404, body: { code: 1, message: '', more_info: '', status: 400 } }),
    ).toHaveLength(1);
  });

  it('lets a lookup have null anywhere', () => {
    const line = 'GET /v1/Boats/BT00ff';
    expect(answered({ ...good, state: null, masts: null, links: null }, 200, line, 'lookups')).toBe('');
    expect(answered({ ...good, state: 'sunk' }, 200, line, 'lookups')).toContain('state');
  });
});

describe('openApiCheck', () => {
  it('says once that the files are not there', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const nowhere = new TwilioDocuments(join(folder, 'none'));
    expect([openApiCheck(nowhere), openApiCheck(nowhere)]).toEqual([undefined, undefined]);
    const said = write.mock.calls.map(([words]) => words);
    write.mockRestore();
    expect(said).toEqual(["Twilio's OpenAPI files are not there: requests are not checked against them\n"]);
    expect(openApiCheck(new TwilioDocuments(folder))).toBeInstanceOf(OpenApiCheck);
  });
});
