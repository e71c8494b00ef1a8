import { rfc2822 } from './dates.ts';
import type { RehearsalAccount, SentText } from './rehearsal-account-state.ts';
import { type RestAnswer, type Route, twilioError } from './route.ts';
import { newSid } from './sid.ts';

/** Sending texts; nothing is delivered to anybody. */
export const messageRoutes: readonly Route[] = [
  {
    subdomain: 'api',
    method: 'POST',
    pattern: '/2010-04-01/Accounts/{AccountSid}/Messages.json',
    handle: ({ account, form }) => sendText(account, form),
  },
];

function sendText(account: RehearsalAccount, params: URLSearchParams): RestAnswer {
  const from = params.get('From') ?? '';
  const to = params.get('To') ?? '';
  const body = params.get('Body') ?? '';
  if (to === '') return twilioError(400, 21604, "A 'To' phone number is required.");
  if (from === '') return twilioError(400, 21603, "A 'From' phone number is required.");
  if (body === '') return twilioError(400, 21602, 'Message body is required.');
  if (body.length > 1600) {
    return twilioError(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return twilioError(400, 21211, `Invalid 'To' Phone Number: ${to}`);
  const refusal = account.refusedTexts.get(to);
  if (refusal !== undefined) return twilioError(400, refusal, `The message to ${to} can't be sent`);
  if (account.type === 'Trial' && !account.verifiedCallerIds.some(({ phoneNumber }) => phoneNumber === to)) {
    return twilioError(
      400,
      21608,
      `The number ${to} is unverified. Trial accounts cannot send messages to unverified numbers`,
    );
  }
  const text: SentText = { sid: newSid('SM'), from, to, body };
  account.takeText(text);
  return { status: 201, body: messageBody(account, text) };
}

function messageBody(account: RehearsalAccount, { sid, from, to, body }: SentText): object {
  const date = rfc2822(new Date());
  return {
    account_sid: account.sid,
    api_version: '2010-04-01',
    body,
    date_created: date,
    date_sent: null,
    date_updated: date,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(Math.ceil(body.length / 153)),
    price: null,
    price_unit: 'USD',
    sid,
    status: 'queued',
    subresource_uris: { media: `/2010-04-01/Accounts/${account.sid}/Messages/${sid}/Media.json` },
    to,
    uri: `/2010-04-01/Accounts/${account.sid}/Messages/${sid}.json`,
  };
}
