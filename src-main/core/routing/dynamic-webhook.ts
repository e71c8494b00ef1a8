import { OutboundError } from '../errors.ts';
import type { OutboundHttp } from '../ports.ts';
import { readTransferNumber } from './transfer-number.ts';

/** How long an operator's server has to answer when the desk file does not say. */
export const defaultTimeoutMs = 2_000;

/** An answer is one small JSON object; more is a mistake. */
const maxAnswerBytes = 64 * 1024;

/** What came of asking the operator's server; `fallbackReason` says in plain words why it gave no destination. */
export type DynamicAnswer = { exchange: DynamicExchange } & (
  | { ok: true; destination: string }
  | { ok: false; fallbackReason: string }
);

/** The request as it went over the wire; `status` and `answerBody` are null when no answer came. */
export interface DynamicExchange {
  requestBody: string;
  status: number | null;
  answerBody: string | null;
}

/**
 * Asks the operator's server where the call goes: POST `{"number": "+1…"}` → 200 `{"transferNumber": "+1…"}`, the
 * contract of CallCow's Dynamic Transfer. A caller without a number is sent as `{"number": ""}`: the key is there and
 * is text, so a server that expects both keeps working. Never throws.
 */
export async function askDynamicWebhook(
  ask: { url: string; timeoutMs: number; number: string | null },
  outbound: OutboundHttp,
): Promise<DynamicAnswer> {
  const requestBody = JSON.stringify({ number: ask.number ?? '' });
  try {
    const answer = await outbound.postJson(ask.url, requestBody, {
      timeoutMs: ask.timeoutMs,
      maxBytes: maxAnswerBytes,
    });
    const exchange = { requestBody, status: answer.status, answerBody: answer.body };
    return { exchange, ...readAnswer(answer.status, answer.body) };
  } catch (error) {
    return {
      exchange: { requestBody, status: null, answerBody: null },
      ok: false,
      fallbackReason: `The dynamic webhook failed: ${
        error instanceof OutboundError ? error.reason : 'it could not be called'
      }.`,
    };
  }
}

type Reading = { ok: true; destination: string } | { ok: false; fallbackReason: string };

function readAnswer(status: number, body: string): Reading {
  if (status >= 300 && status < 400) {
    return failed(`it answered with a redirect (${status}), which Patchbay does not follow`);
  }
  if (status !== 200) return failed(`it answered with status ${status} instead of 200`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return failed(body.trim() === '' ? 'its answer is empty' : 'its answer is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return failed('its answer is not a JSON object');
  }
  const transferNumber = 'transferNumber' in parsed ? parsed.transferNumber : undefined;
  if (transferNumber === undefined || transferNumber === null) {
    return failed('its answer has no transferNumber');
  }
  if (typeof transferNumber !== 'string') return failed('its transferNumber is not text');
  const read = readTransferNumber(transferNumber);
  return read.ok ? { ok: true, destination: read.number } : failed(`its transferNumber ${read.problem}`);
}

function failed(what: string): Reading {
  return { ok: false, fallbackReason: `The dynamic webhook failed: ${what}.` };
}
