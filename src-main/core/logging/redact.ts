/**
 * The one place where log lines lose phone numbers and secrets. When in doubt it masks: a log line that says too
 * little is a nuisance, one that says too much is a breach.
 */

const HIDDEN = '•••';
const SECRET = '[secret]';

/** Names of keys, headers and parameters whose value is a secret. */
const secretName = /token|secret|key|authorization|password|passphrase|signature|cookie|credential/i;
/** "inputTokens: 512" counts what a language model read; only text under such a name is a secret. */
const countName = /tokens$/i;

const within = (name: RegExp): string => `[\\w-]*(?:${name.source})[\\w-]*`;

/** Secrets that stand in the middle of a text; what `$1` captures stays. */
const secretsInText: readonly RegExp[] = [
  // Our own addresses: /transfer/<routerKey>, /twilio/relay/<token>, /calls/<routerKey> but not /twilio/calls/<id>
  /(\/(?:transfer|relay)\/)[^\s/?#"'<>]+/gi,
  /((?<!\/twilio)\/calls\/)[^\s/?#"'<>]+/g,
  // ?token=…, AuthToken=…, {"apiKey":"…"} and X-Twilio-Signature: …
  new RegExp(`(${within(secretName)}=)[^\\s&#"'<>,;]+`, 'gi'),
  new RegExp(`(\\\\*"${within(secretName)}\\\\*"\\s*:\\s*\\\\*")(?:[^"\\\\]|\\\\[^"])+`, 'gi'),
  /((?:authorization|signature|cookie)['"]?\s*[:,]\s*['"]?)[^\r\n'"]+/gi,
  /(\b(?:bearer|basic)\s+)[\w+/=.~-]{6,}/gi,
  // https://name:password@host
  /(\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g,
  // The forms that Twilio's auth tokens and the usual model providers' keys have
  /()\b[0-9a-f]{32,}\b/g,
  /()\b(?:sk|pk|rk)-[\w-]{12,}/g,
  /()\bAIza[\w-]{20,}/g,
];

/** What looks like a number and is none: UUIDs, Twilio SIDs and ISO 8601 dates. They stay whole. */
const kept = [
  String.raw`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`,
  String.raw`\b[A-Z]{2}[0-9a-f]{32}\b`,
  String.raw`(?<![\d+])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?=[T ]\d\d:\d\d|(?![\d\s().,/+-]*\d))`,
].join('|');

/** Seven digits or more, however they are grouped: "+1 (416) 555-1234", "416.555.1234", "%2B1416…", "4 1 6 5 …". */
const separator = String.raw`(?:[\s().,\-‐-―/+_·]|%2[0-9a-f]){0,4}`;
const digits = String.raw`\(?\+?\(?\p{Nd}(?:${separator}\p{Nd}){6,}`;
const keptOrDigits = new RegExp(`(${kept})|${digits}`, 'gu');

/** A text without phone numbers and secrets. */
export function redactText(text: string): string {
  let clean = text;
  for (const pattern of secretsInText) clean = clean.replace(pattern, `$1${SECRET}`);
  return clean.replace(keptOrDigits, (found, keep: string | undefined) => keep ?? maskNumber(found));
}

/** Country and area code and the last two digits tell an operator who it may have been; the rest is hidden. */
function maskNumber(found: string): string {
  const number = found.replace(/%2[0-9a-f]/gi, '').replace(/[^\p{Nd}]/gu, '');
  const plus = /^\(?\+/.test(found) ? '+' : '';
  const shown = [...number];
  const start = shown.length >= 10 ? shown.slice(0, 4).join('') : '';
  return `${plus}${start}${HIDDEN}${shown.slice(-2).join('')}`;
}

/** A copy of `value` that JSON can write, without phone numbers and secrets at any depth, keys and errors included. */
export function redact(value: unknown): unknown {
  return redactValue(value, []);
}

/** Nothing that is worth logging is nested deeper, and a logger must not be what exhausts the stack. */
const DEEPEST = 100;

function redactValue(value: unknown, parents: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return redactText(String(value));
  if (typeof value === 'symbol' || typeof value === 'function') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return '[circular]';
  if (parents.length >= DEEPEST) return '[too deep]';
  try {
    return redactObject(value, [...parents, value]);
  } catch {
    return '[unreadable]'; // a getter or a proxy that throws
  }
}

function redactObject(value: object, parents: readonly object[]): unknown {
  if (Array.isArray(value)) return value.map((item) => redactValue(item, parents));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return redactError(value, parents);
  if (value instanceof Map) return redactEntries([...value.entries()], parents);
  if (value instanceof Set) return [...value].map((item) => redactValue(item, parents));
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), parents);
  return redactEntries(Object.entries(value), parents);
}

function redactError(error: Error, parents: readonly object[]): unknown {
  const own = Object.entries(error).filter(([key]) => key !== 'name');
  const told: [unknown, unknown][] = [
    ['name', error.name],
    ['message', error.message],
    ['stack', error.stack],
    ...own,
  ];
  if (error.cause !== undefined) told.push(['cause', error.cause]);
  return redactEntries(told, parents);
}

function redactEntries(entries: readonly [unknown, unknown][], parents: readonly object[]): unknown {
  const clean: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) {
    const key = typeof name === 'string' ? name : String(redactValue(name, parents));
    clean[redactText(key)] = secretName.test(key) ? redactSecret(key, value) : redactValue(value, parents);
  }
  return clean;
}

function redactSecret(key: string, value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  return typeof value === 'number' && countName.test(key) ? value : SECRET;
}
