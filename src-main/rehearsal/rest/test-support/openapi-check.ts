import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { CheckedRequest } from '../read-request.ts';
import type { ExchangeCheck } from '../rest-server.ts';
import type { RestAnswer } from '../route.ts';
import { type Conversion, toJsonSchema } from './json-schema.ts';
import {
  type FoundOperation,
  findOperation,
  type Parameter,
  type Schema,
  type TwilioDocument,
  TwilioDocuments,
} from './twilio-documents.ts';

/** Hosts that Twilio's files do not describe: uploading a Function's content, and the pages of an account. */
const hostsNotDescribed = /^serverless-upload$|\.twil\.io$/;
/** Nor do they describe the sound of a recording. */
const soundOfRecording = /\/Recordings\/RE[0-9a-f]{32}\.(mp3|wav)$/;

function isNotDescribed({ subdomain, path }: CheckedRequest): boolean {
  return hostsNotDescribed.test(subdomain) || soundOfRecording.test(path);
}

const inTwilioFolder = new TwilioDocuments(join(import.meta.dirname, '../../../../../shared/twilio-oai'));
let saidSo = false;

/**
 * The check against Twilio's OpenAPI files, or nothing where they are not, which is said once. Each file is read once
 * per process, and each operation is compiled when it first comes.
 */
export function openApiCheck(documents: TwilioDocuments = inTwilioFolder): OpenApiCheck | undefined {
  if (documents.areThere) return new OpenApiCheck(documents);
  if (!saidSo) {
    process.stderr.write("Twilio's OpenAPI files are not there: requests are not checked against them\n");
  }
  saidSo = true;
  return undefined;
}

/** Holds requests and answers against Twilio's own description of its API, and keeps what is wrong. */
export class OpenApiCheck implements ExchangeCheck {
  readonly violations: string[] = [];
  readonly #documents: TwilioDocuments;

  constructor(documents: TwilioDocuments) {
    this.#documents = documents;
  }

  request(request: CheckedRequest): readonly string[] {
    if (isNotDescribed(request)) return [];
    const document = this.#documents.of(request.subdomain);
    const found = document && findOperation(document, request);
    if (document === undefined || found === undefined)
      return this.#keep(request, ['Twilio has no such path']);
    return this.#keep(request, [
      ...pathProblems(document, found),
      ...queryProblems(document, found, request.query),
      ...bodyProblems(document, found, request),
    ]);
  }

  answer(request: CheckedRequest, answer: RestAnswer): readonly string[] {
    if (isNotDescribed(request)) return [];
    if (answer.status >= 400) return this.#keep(request, errorProblems(answer));
    const document = this.#documents.of(request.subdomain);
    const found = document && findOperation(document, request);
    if (document === undefined || found === undefined) return [];
    const response = found.operation.responses[String(answer.status)];
    if (response === undefined) return this.#keep(request, [`status ${answer.status} is not described`]);
    const schema = response.content?.['application/json']?.schema;
    if (schema === undefined) {
      return this.#keep(request, answer.body === null ? [] : ['Twilio answers this without a body']);
    }
    const { nullsEverywhere } = looseness(request.subdomain);
    const validate = validator(document, schema, { nullsEverywhere, exact: true });
    return this.#keep(
      request,
      validate(answer.body) ? [] : problemsOf(validate).map((says) => `the answer's ${says}`),
    );
  }

  /** @throws Error that names everything that was wrong so far. */
  throwIfViolated(): void {
    if (this.violations.length === 0) return;
    throw new Error(`Not as Twilio describes its API:\n${this.violations.join('\n')}`);
  }

  #keep({ method, subdomain, path }: CheckedRequest, problems: readonly string[]): readonly string[] {
    const named = problems.map((problem) => `${method} ${subdomain}${path}: ${problem}`);
    this.violations.push(...named);
    return named;
  }
}

/** What was not asked for comes back null from Lookup, which its file does not say. */
function looseness(subdomain: string): Pick<Conversion, 'nullsEverywhere'> {
  return { nullsEverywhere: subdomain === 'lookups' };
}

function pathProblems(document: TwilioDocument, { parameters, pathParams }: FoundOperation): string[] {
  return Object.entries(pathParams).flatMap(([name, value]) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    if (value === '') return [`${name} is empty`];
    return parameter === undefined ? [] : valueProblems(document, parameter, [value]);
  });
}

function queryProblems(
  document: TwilioDocument,
  { parameters }: FoundOperation,
  query: URLSearchParams,
): string[] {
  return paramProblems(
    document,
    parameters.filter((one) => one.in === 'query'),
    query,
  );
}

function bodyProblems(
  document: TwilioDocument,
  { operation }: FoundOperation,
  request: CheckedRequest,
): string[] {
  const { form, headers, raw } = request;
  const schema = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema;
  if (schema === undefined) return raw.length > 0 ? ['Twilio takes no form here'] : [];
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (raw.length > 0 && !isForm) return ['the body is no form'];
  const { properties = {}, required = [] } = deref(document, schema);
  const parameters = Object.entries(properties).map(
    ([name, inner]): Parameter => ({ in: 'query', name, required: required.includes(name), schema: inner }),
  );
  return paramProblems(document, parameters, form);
}

function paramProblems(
  document: TwilioDocument,
  parameters: readonly Parameter[],
  given: URLSearchParams,
): string[] {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const problems = parameters
    .filter(({ name, required }) => required === true && !given.get(name))
    .map(({ name }) => `${name} is missing`);
  for (const name of new Set(given.keys())) {
    const parameter = known.get(name);
    if (parameter === undefined) problems.push(`there is no parameter ${name}`);
    else problems.push(...valueProblems(document, parameter, given.getAll(name)));
  }
  return problems;
}

/** A list is sent as a key that repeats; anything else comes once. */
function valueProblems(
  document: TwilioDocument,
  { name, schema }: Parameter,
  values: readonly string[],
): string[] {
  const outer = deref(document, schema);
  if (outer.type !== 'array' && values.length > 1) return [`${name} is given more than once`];
  const inner = outer.type === 'array' ? deref(document, outer.items ?? {}) : outer;
  const validate = validator(document, inner, { nullsEverywhere: false, exact: false });
  return values.flatMap((value) =>
    validate(fromText(value, inner.type)) ? [] : problemsOf(validate).map((says) => `${name} ${says}`),
  );
}

/** What a form's text means for this type; text that means nothing stays text and is found wrong. */
function fromText(value: string, type: string | undefined): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (type === 'boolean') return value === 'true' || value === 'false' ? value === 'true' : value;
  return value;
}

function deref(document: TwilioDocument, schema: Schema): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  const target = name === undefined ? undefined : document.components.schemas[name];
  return target === undefined ? schema : deref(document, target);
}

/** Twilio's failures are not described in its files; this is what its package reads of them. */
function errorProblems({ status, body }: RestAnswer): string[] {
  const isTwilios =
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'number' &&
    'message' in body &&
    typeof body.message === 'string' &&
    'more_info' in body &&
    'status' in body &&
    body.status === status;
  return isTwilios ? [] : [`the answer with status ${status} is no failure of Twilio's shape`];
}

const validators = new WeakMap<Schema, Map<string, ValidateFunction>>();

function validator(document: TwilioDocument, schema: Schema, conversion: Conversion): ValidateFunction {
  const key = JSON.stringify(conversion);
  const known = validators.get(schema)?.get(key);
  if (known !== undefined) return known;
  const validate = ajvFor(document, conversion).compile({
    ...toJsonSchema(withPointers(schema), conversion),
    $id: `operation-${validatorCount++}`,
  });
  validators.set(schema, (validators.get(schema) ?? new Map()).set(key, validate));
  return validate;
}
let validatorCount = 0;

const ajvs = new WeakMap<TwilioDocument, Map<string, Ajv>>();

/** One for each file, with the file's schemas in it; they are compiled when something refers to them. */
function ajvFor(document: TwilioDocument, conversion: Conversion): Ajv {
  const key = JSON.stringify(conversion);
  const known = ajvs.get(document)?.get(key);
  if (known !== undefined) return known;
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: conversion.exact ? answerFormats : requestFormats,
  });
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    ajv.addSchema(toJsonSchema(withPointers(schema), conversion), name);
  }
  ajvs.set(document, (ajvs.get(document) ?? new Map()).set(key, ajv));
  return ajv;
}

/** The schema with its references by name alone, as they are known to ajv. */
function withPointers(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"')) as Schema;
}

const isDateTime = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) && !Number.isNaN(Date.parse(value));
const isWebAddress = (value: string): boolean => value === '' || /^https?:$/.test(protocolOf(value));

/** The formats in Twilio's files; `true` is one that is not looked at. */
const formats = {
  'date-time': isDateTime,
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time-rfc-2822': /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/,
  'iso-country-code': /^[A-Z]{2}$/,
  'http-method': /^(GET|POST)$/,
  currency: /^[A-Za-z]{3}$/,
  int32: true,
  int64: true,
  float: true,
  'uri-map': true,
  'phone-number': true,
  'phone-number-capabilities': true,
  endpoint: true,
  twiml: true,
  'ice-server': true,
} as const;
const requestFormats = { ...formats, uri: isWebAddress };
/** The API of 2010 names its own pages by path alone. */
const answerFormats = {
  ...formats,
  uri: (value: string): boolean => value.startsWith('/2010-04-01/') || isWebAddress(value),
};

function protocolOf(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol : '';
}

function problemsOf({ errors }: ValidateFunction): string[] {
  return (errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath.slice(1).replaceAll('/', '.') || 'value', message, JSON.stringify(params)].join(' '),
  );
}
