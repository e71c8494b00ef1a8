import type { CallDetail } from '../../src-preload/contract/api.ts';
import type { CallRecord } from './call-record.ts';
import type { SentText } from './rest/rehearsal-account-state.ts';
import type { Expectations } from './script.ts';
import type { PostedRequest } from './scripted-outbound.ts';

/** An expectation that was not met. */
export interface Unmet {
  what: string;
  expected: string;
  came: string;
}

/** Everything that a rehearsal can be judged by. */
export interface Observed {
  /** What Patchbay has on record; undefined when it recorded no call. */
  detail: CallDetail | undefined;
  /** What happened on the line; undefined for a question of another platform. */
  record: CallRecord | undefined;
  /** The texts that the caller got. */
  texts: readonly SentText[];
  posted: readonly PostedRequest[];
  /** The answer to another platform's question. */
  answer: { status: number; body: unknown } | undefined;
}

/** Compares what was expected with what came. @returns what was not met, in the order of the call. */
export function judge(expect: Expectations, observed: Observed): Unmet[] {
  const unmet: Unmet[] = [];
  const say = (what: string, expected: unknown, came: unknown): void => {
    unmet.push({ what, expected: inWords(expected), came: inWords(came) });
  };
  const equal = (what: string, expected: unknown, came: unknown): void => {
    if (expected !== undefined && !isSame(expected, came)) say(what, expected, came);
  };
  const contains = (
    what: string,
    passages: readonly string[] | undefined,
    came: string | null | undefined,
  ) => {
    for (const passage of passages ?? []) {
      if (!holds(came, passage)) say(what, `… ${passage} …`, came ?? undefined);
    }
  };

  const { detail, record, answer, posted } = observed;
  const call = detail?.call;
  equal('webhook status', expect.webhookStatus, answer?.status ?? record?.webhookStatus);
  equal('transferNumber', expect.transferNumber, fieldOf(answer?.body, 'transferNumber'));
  equal('answer', expect.answer, answer?.body);
  equal('error code', expect.errorCode, fieldOf(fieldOf(answer?.body, 'error'), 'code'));
  if (expect.twilioError !== undefined || record?.error !== undefined) {
    if (expect.twilioError !== record?.error?.code) {
      const came = record?.error && `${record.error.code}: ${record.error.message}`;
      say('Twilio’s error', expect.twilioError ?? 'none', came);
    }
  }
  for (const problem of record?.problems ?? []) say('the line', 'no problem', problem);
  for (const step of record?.undone ?? []) say('the caller', 'to do every step', step);

  equal('contact known', expect.contact?.known, call?.contact.known);
  equal('contact name', expect.contact?.name, call?.contact.name);
  equal('relays', expect.relays, call?.relaysOffered);
  equal('cause', expect.cause, call?.transfer?.cause);
  contains('reason', asList(expect.reason), call?.transfer?.reason);
  const decision = call?.decision;
  if (expect.decided === null) equal('decided', null, decision ?? null);
  else if (expect.decided !== undefined) {
    const { via, destination, rule, why, fallbackReason, together, atMostSeconds } = expect.decided;
    equal('decided via', via, decision?.via);
    equal('decided destination', destination, decision?.destinations[0]);
    equal('decided by rule', rule, decision?.rule);
    equal('decided to ring at once', together, decision?.together);
    equal('decided at most after', atMostSeconds, decision?.atMostSeconds);
    contains('decided why', asList(why), decision?.why);
    contains('fallback reason', asList(fallbackReason), decision?.fallbackReason);
  }
  if (expect.rung !== undefined) {
    const onTheLine = record?.rung.map(({ number }) => number);
    equal('rung', expect.rung, onTheLine);
    const onRecord = call?.rung.map(({ destination }) => destination);
    if (call !== undefined && isSame(expect.rung, onTheLine)) equal('rung, on record', expect.rung, onRecord);
  }
  equal(
    'results',
    expect.results,
    call?.rung.map(({ status }) => status),
  );
  if (expect.callerId !== undefined) {
    equal('caller ID', expect.callerId, record?.rung[0]?.callerId);
  }
  contains(
    'transcript',
    expect.transcript,
    call?.transcript.map(({ who, text }) => `${who}: ${text}`).join('\n'),
  );
  for (const [field, value] of Object.entries(expect.form ?? {})) {
    equal(`form ${field}`, value, call?.form[field]);
  }
  const message = call?.message;
  contains('message', expect.message, message && [message.text, message.name, message.callback].join('\n'));
  equal('voicemail', expect.voicemail, call === undefined ? undefined : call.voicemailUrl !== null);
  if (expect.texts !== undefined) {
    const bodies = observed.texts.map(({ body }) => body);
    const met =
      bodies.length === expect.texts.length &&
      expect.texts.every((text, index) => holds(bodies[index], text));
    if (!met) say('texts', expect.texts, bodies);
  }
  const log = detail?.events.map(({ fact }) => fact) ?? [];
  equal('decisions', expect.decisions, log.filter(({ type }) => type === 'transfer.decided').length);
  const keys = log.flatMap((fact) => (fact.type === 'screen.answered' ? [fact.choice] : []));
  equal('screened', expect.screened, keys);
  const heard = log.flatMap((fact) =>
    fact.type === 'briefing.said' || fact.type === 'screen.asked' ? [fact.text] : [],
  );
  contains('briefing', expect.briefing, heard.join('\n'));
  const offers = log.flatMap((fact) => (fact.type === 'nobody.answered' ? [fact.offer] : []));
  equal('offered', expect.offered, offers);
  if (expect.voicemailKept !== undefined) {
    equal('voicemail kept', expect.voicemailKept, (call?.recording ?? null) !== null);
  }
  const facts = log.map(({ type }) => type as string);
  for (const fact of expect.facts ?? []) if (!facts.includes(fact)) say('facts', fact, facts);
  for (const fact of expect.noFacts ?? []) if (facts.includes(fact)) say('facts', `no ${fact}`, facts);
  equal('outcome', expect.outcome, call?.outcome);
  contains('summary', expect.summary, call?.summary);

  for (const [url, count] of Object.entries(expect.posts ?? {})) {
    equal(`posts to ${url}`, count, posted.filter((request) => request.url === url).length);
  }
  for (const [url, body] of Object.entries(expect.posted ?? {})) {
    part(`posted to ${url}`, body, jsonOf(posted.findLast((request) => request.url === url)?.body));
  }
  if (expect.afterCall !== undefined) {
    const payloads = posted.map(({ body }) => jsonOf(body));
    part(
      'after-call webhook',
      expect.afterCall,
      payloads.findLast((body) => fieldOf(body, 'call_id') !== undefined),
    );
  }
  return unmet;

  function part(what: string, expected: Record<string, unknown>, came: unknown): void {
    if (came === undefined) {
      say(what, expected, undefined);
      return;
    }
    for (const [key, value] of Object.entries(expected)) {
      const found = fieldOf(came, key);
      const met =
        typeof value === 'string' && typeof found === 'string' ? holds(found, value) : isSame(value, found);
      if (!met) say(`${what}: ${key}`, value, found);
    }
  }
}

/** What must hold whatever the desk: Twilio had nothing to complain of, and the call is not lost. */
export function judgeOnAnyDesk({ detail, record }: Observed): Unmet[] {
  const problems = [...(record?.problems ?? [])];
  if (record?.error !== undefined) problems.push(`${record.error.code}: ${record.error.message}`);
  const unmet = problems.map((came) => ({ what: 'the line', expected: 'no problem', came }));
  if (detail?.call.outcome === 'lost') unmet.push({ what: 'outcome', expected: 'a known one', came: 'lost' });
  return unmet;
}

function asList(passage: string | undefined): string[] | undefined {
  return passage === undefined ? undefined : [passage];
}

function holds(text: string | null | undefined, passage: string): boolean {
  return text?.toLowerCase().includes(passage.toLowerCase()) ?? false;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
    return one === other;
  }
  const keys = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) => isSame(fieldOf(one, key), fieldOf(other, key)))
  );
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map(inWords).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
