import { endpoint } from '../call-start.ts';
import type { CallOnRecord } from './call-on-record.ts';
import type { RehearsedCall } from './calls-placed.ts';
import { rfc2822 } from './dates.ts';
import { pageOf2010 } from './pages.ts';
import type { RehearsalAccount, RehearsedAlert } from './rehearsal-account-state.ts';
import { notFound, type RestAnswer, type Route, twilioError } from './route.ts';

const subdomain = 'api';
const calls = '/2010-04-01/Accounts/{AccountSid}/Calls';

/** Placing calls, looking at them, hanging them up. */
export const callRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'POST',
    pattern: `${calls}.json`,
    handle({ account, form }) {
      const call = account.calls.place(form);
      return 'body' in call ? call : { status: 201, body: callBody(account, call) };
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: `${calls}.json`,
    handle(request) {
      const { account, query } = request;
      const found = account.calls.placed.toReversed().filter((call) => matches(call, query));
      return pageOf2010(
        request,
        'calls',
        found.map((call) => callBody(account, call)),
      );
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: `${calls}/{Sid}.json`,
    handle({ account, pathParams, path }) {
      const call = account.calls.find(pathParams.Sid);
      return call === undefined ? notFound(path) : { status: 200, body: callBody(account, call) };
    },
  },
  {
    subdomain,
    method: 'POST',
    pattern: `${calls}/{Sid}.json`,
    handle({ account, pathParams, path, form }) {
      const call = account.calls.find(pathParams.Sid);
      if (call === undefined) return notFound(path);
      return change(call, form) ?? { status: 200, body: callBody(account, call) };
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: `${calls}/{CallSid}/Notifications.json`,
    handle(request) {
      const { account, pathParams, path, query } = request;
      const call = account.calls.find(pathParams.CallSid);
      if (call === undefined) return notFound(path);
      const log = query.get('Log');
      const found = notificationsOf(account, call).filter((alert) => log === null || logOf(alert) === log);
      return pageOf2010(
        request,
        'notifications',
        found.map((alert) => notificationBody(account, call, alert)),
      );
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: `${calls}/{CallSid}/Notifications/{Sid}.json`,
    handle({ account, pathParams, path }) {
      const call = account.calls.find(pathParams.CallSid);
      if (call === undefined) return notFound(path);
      const found = notificationsOf(account, call).find(({ sid }) => sid === pathParams.Sid);
      if (found === undefined) return notFound(path);
      const body = {
        ...notificationBody(account, call, found),
        request_variables: '',
        response_headers: '',
        response_body: '',
      };
      return { status: 200, body };
    },
  },
];

/** @returns Twilio's refusal. */
function change(call: CallOnRecord, form: URLSearchParams): RestAnswer | undefined {
  const twiml = form.get('Twiml');
  const document = endpoint(form.get('Url'), form.get('Method')) ?? (twiml === null ? undefined : { twiml });
  if (document !== undefined) {
    if (call.status !== 'in-progress') return notInProgress();
    call.leadTo(document);
    return undefined;
  }
  const status = form.get('Status');
  if (status !== null && status !== 'completed' && status !== 'canceled') {
    return twilioError(400, 21218, `Invalid Status: ${status}`);
  }
  if (call.isOver) return notInProgress();
  // "canceled" leaves a call alone that somebody has picked up.
  if (status === 'completed' || (status === 'canceled' && call.status !== 'in-progress')) call.hangUp();
  return undefined;
}

function notInProgress(): RestAnswer {
  return twilioError(400, 21220, 'Call is not in-progress. Cannot redirect.');
}

function matches(call: RehearsedCall, query: URLSearchParams): boolean {
  const is = (name: string, value: string): boolean => !query.has(name) || query.get(name) === value;
  return (
    is('To', call.to) &&
    is('From', call.from) &&
    is('Status', call.status) &&
    !query.has('ParentCallSid') &&
    isWithin(call.startedAt ?? call.createdAt, query, 'StartTime') &&
    isWithin(call.endedAt, query, 'EndTime')
  );
}

/** A bare name means that day, UTC; `<` and `>` stand in the parameter's name, and take the moment itself along. */
function isWithin(date: Date | null, query: URLSearchParams, name: string): boolean {
  const [on, before, after] = [query.get(name), query.get(`${name}<`), query.get(`${name}>`)];
  if (on === null && before === null && after === null) return true;
  if (date === null) return false;
  return (
    (on === null || date.toISOString().slice(0, 10) === new Date(on).toISOString().slice(0, 10)) &&
    (before === null || date.getTime() <= Date.parse(before)) &&
    (after === null || date.getTime() >= Date.parse(after))
  );
}

function callBody(account: RehearsalAccount, call: CallOnRecord): object {
  // Read first: it brings everything else up to date.
  const { status, from, to, direction } = call;
  const uri = `/2010-04-01/Accounts/${account.sid}/Calls/${call.sid}`;
  const dateOrNull = (date: Date | null): string | null => (date === null ? null : rfc2822(date));
  const inside = (name: string): string => `${uri}/${name}.json`;
  return {
    sid: call.sid,
    account_sid: account.sid,
    answered_by: call.answeredBy,
    api_version: '2010-04-01',
    caller_name: null,
    date_created: rfc2822(call.createdAt),
    date_updated: rfc2822(call.endedAt ?? call.startedAt ?? call.createdAt),
    direction,
    duration: call.duration === null ? null : String(call.duration),
    end_time: dateOrNull(call.endedAt),
    forwarded_from: null,
    from,
    from_formatted: formatted(from),
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid:
      account.numbers.find(({ phoneNumber }) => phoneNumber === (direction === 'inbound' ? to : from))?.sid ??
      null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    start_time: dateOrNull(call.startedAt),
    status,
    subresource_uris: {
      notifications: inside('Notifications'),
      recordings: inside('Recordings'),
      payments: inside('Payments'),
      events: inside('Events'),
      siprec: inside('Siprec'),
      streams: inside('Streams'),
      transcriptions: inside('Transcriptions'),
      user_defined_message_subscriptions: inside('UserDefinedMessageSubscriptions'),
      user_defined_messages: inside('UserDefinedMessages'),
    },
    to,
    to_formatted: formatted(to),
    trunk_sid: null,
    uri: `${uri}.json`,
  };
}

/** "(416) 555-0100"; Twilio writes other countries' numbers as they are. */
function formatted(number: string): string {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}

function notificationsOf(account: RehearsalAccount, call: CallOnRecord): RehearsedAlert[] {
  // Read first: a failure that is due stands in the log then.
  void call.status;
  return account.alerts.filter(({ callSid }) => callSid === call.sid);
}

/** Twilio's number for how bad it is: 0 an error, 1 a warning. */
function logOf(alert: RehearsedAlert): string {
  return alert.level === 'error' ? '0' : '1';
}

function notificationBody(account: RehearsalAccount, call: CallOnRecord, alert: RehearsedAlert): object {
  const date = rfc2822(new Date(alert.at));
  return {
    account_sid: account.sid,
    api_version: '2010-04-01',
    call_sid: call.sid,
    date_created: date,
    date_updated: date,
    error_code: alert.errorCode,
    log: logOf(alert),
    message_date: date,
    message_text: alert.text,
    more_info: `https://www.twilio.com/docs/errors/${alert.errorCode}`,
    request_method: alert.requestMethod,
    request_url: alert.requestUrl ?? '',
    sid: alert.sid,
    uri: `/2010-04-01/Accounts/${account.sid}/Calls/${call.sid}/Notifications/${alert.sid}.json`,
  };
}
