import { z } from 'zod';
import type { TwilioAlert } from '../database/twilio-alerts.ts';
import { redactText } from '../logging/redact.ts';
import { explainCode } from '../twilio/error-catalogue.ts';

/** Long enough for what an operator reads; a URL of Twilio's can carry a whole form. */
const maxUrlChars = 500;
const maxSaidChars = 300;

const text = z.string().nullish().catch(null);
const date = z
  .unknown()
  .optional()
  .transform((value) => (value instanceof Date ? value.getTime() : Date.parse(String(value))))
  .transform((time) => (Number.isFinite(time) ? time : null));

/** Twilio promises none of these (OpenAPI: monitor.v1.alert, all nullable); without a SID there is nothing to keep. */
const monitorAlert = z.object({
  sid: z.string().min(1),
  dateGenerated: date,
  dateCreated: date,
  errorCode: z.coerce.number().int().positive().nullable().catch(null),
  logLevel: text,
  alertText: text,
  resourceSid: text,
  requestUrl: text,
});

/** What Patchbay keeps of an alert as the twilio package gives it; null when it is none. */
export function readAlert(alert: unknown, accountSid: string, now: number): TwilioAlert | null {
  const { data } = monitorAlert.safeParse(alert);
  if (data === undefined) return null;
  const { sid, errorCode: code, logLevel, resourceSid, requestUrl } = data;
  return {
    sid,
    accountSid,
    at: data.dateGenerated ?? data.dateCreated ?? now,
    level: logLevel || 'error',
    code,
    callSid: resourceSid?.startsWith('CA') ? resourceSid : null,
    // The relay's addresses hold a token.
    requestUrl: requestUrl ? redactText(requestUrl).slice(0, maxUrlChars) : null,
    says: explainCode(code, messageIn(data.alertText ?? '')).says,
  };
}

/** The alert's text is often a form, like "Msg=Got+HTTP+502…&ErrorCode=11200&LogLevel=ERROR". */
function messageIn(alertText: string): string {
  const form = new URLSearchParams(alertText);
  const said = form.get('Msg') ?? form.get('msg') ?? (form.has('ErrorCode') ? '' : alertText);
  return redactText(said).replace(/\s+/g, ' ').slice(0, maxSaidChars);
}
