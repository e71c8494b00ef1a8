import type { Workflow } from '../../../src-preload/contract/desk.ts';
import type { TextSender } from '../ports.ts';
import { wordsOf } from '../twilio/error-catalogue.ts';
import type { CallLog } from './call-log.ts';
import { caseNumberOf, fillIn } from './fill-in.ts';

export type SentText = { ok: true; messageSid: string } | { ok: false; problem: string };

/** Sends a workflow's texts to the callers of calls, each text once a call. */
export class CallTexts {
  readonly #deps: { log: CallLog; texts: TextSender };
  readonly #underWay = new Map<string, Promise<SentText>>();

  constructor(deps: { log: CallLog; texts: TextSender }) {
    this.#deps = deps;
  }

  /** Sends one and records how that went; while it is under way, a second request waits for the first. Never rejects. */
  send(callId: string, textId: string, workflow: Workflow): Promise<SentText> {
    const key = `${callId} ${textId}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const sending = this.#send(callId, textId, workflow).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, sending);
    return sending;
  }

  async #send(callId: string, textId: string, workflow: Workflow): Promise<SentText> {
    const { log, texts } = this.#deps;
    const call = log.view(callId);
    const text = workflow.texts.find(({ id }) => id === textId);
    const failed = async (problem: string): Promise<SentText> => {
      await log.append(callId, { type: 'text.failed', textId, problem });
      return { ok: false, problem };
    };
    if (call === undefined) return { ok: false, problem: 'the call is over' };
    if (call.textsSent.includes(textId)) return { ok: false, problem: 'this text was sent already' };
    if (text === undefined) return failed(`there is no text "${textId}"`);
    if (call.from === null) return failed('the caller’s number is withheld');
    try {
      const body = fillIn(text.body, { ...call.form, caseNumber: caseNumberOf(call) });
      const { sid } = await texts.send({ from: call.to, to: call.from, body });
      await log.append(callId, { type: 'text.sent', textId, messageSid: sid });
      return { ok: true, messageSid: sid };
    } catch (thrown) {
      return failed(wordsOf(thrown));
    }
  }
}
