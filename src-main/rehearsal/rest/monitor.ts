import { isoSeconds } from './dates.ts';
import { pageOfV1 } from './pages.ts';
import type { RehearsalAccount, RehearsedAlert } from './rehearsal-account-state.ts';
import { notFound, type Route } from './route.ts';

const subdomain = 'monitor';

/** The entries of Twilio's debugger. */
export const monitorRoutes: readonly Route[] = [
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/Alerts',
    handle(request) {
      const { account, query } = request;
      const level = query.get('LogLevel');
      const from = timeIn(query, 'StartDate') ?? Number.NEGATIVE_INFINITY;
      const until = timeIn(query, 'EndDate') ?? Number.POSITIVE_INFINITY;
      const found = account.alerts
        .filter((alert) => (level === null || alert.level === level) && alert.at >= from && alert.at <= until)
        .toSorted((one, other) => other.at - one.at);
      return pageOfV1(
        request,
        'alerts',
        found.map((alert) => alertBody(account, alert)),
      );
    },
  },
  {
    subdomain,
    method: 'GET',
    pattern: '/v1/Alerts/{Sid}',
    handle({ account, pathParams, path }) {
      const found = account.alerts.find(({ sid }) => sid === pathParams.Sid);
      if (found === undefined) return notFound(path);
      return {
        status: 200,
        body: {
          ...alertBody(account, found),
          request_variables: '',
          request_headers: '',
          response_body: '',
          response_headers: '',
        },
      };
    },
  },
];

function timeIn(query: URLSearchParams, name: string): number | undefined {
  const time = Date.parse(query.get(name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function alertBody(account: RehearsalAccount, alert: RehearsedAlert): object {
  const date = isoSeconds(new Date(alert.at));
  return {
    sid: alert.sid,
    account_sid: account.sid,
    alert_text: alert.text,
    api_version: '2010-04-01',
    date_created: date,
    date_generated: date,
    date_updated: date,
    error_code: alert.errorCode,
    log_level: alert.level,
    more_info: `https://www.twilio.com/docs/errors/${alert.errorCode}`,
    request_method: alert.requestMethod,
    request_url: alert.requestUrl,
    resource_sid: alert.callSid,
    service_sid: null,
    url: `https://monitor.twilio.com/v1/Alerts/${alert.sid}`,
  };
}
