import type { LanguageModel } from 'ai';
import { z } from 'zod';
import type { CallerCard, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import type { Workflow } from '../../../src-preload/contract/desk.ts';
import { assertNever } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { ReceptionistSession, type SessionHost } from '../receptionist/session.ts';
import type { CallLog } from './call-log.ts';
import type { TransferRequest } from './hand-over.ts';

/** The open WebSocket to Twilio's ConversationRelay. */
export interface RelayConnection {
  send(message: string): void;
  /** @param reason at most 123 bytes (RFC 6455, 5.5). */
  close(code: number, reason: string): void;
}

export interface RelaySessionOptions {
  callId: string;
  workflow: Workflow;
  purpose: RelayPurpose;
  /** Whether the AI may hand the call over. */
  mayTransfer: boolean;
  /** What Twilio says first, from the TwiML's welcomeGreeting. */
  greeting: string;
  connection: RelayConnection;
  log: CallLog;
  caller: () => CallerCard;
  model: () => LanguageModel;
  sendText: SessionHost['sendText'];
  /** Decides where the call goes and records it. */
  handOver: (request: TransferRequest) => Promise<void>;
  clock: Clock;
  logger: Logger;
  onClosed: () => void;
}

const text = z.string().max(20_000);

/** What Twilio sends (ConversationRelay's WebSocket messages). Lenient: unknown fields and types are let through. */
const inboundSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('setup'), sessionId: z.string().max(200).catch(''), callSid: z.string() }),
  z.object({ type: z.literal('prompt'), voicePrompt: text, last: z.boolean().catch(true) }),
  z.object({ type: z.literal('dtmf'), digit: z.string().regex(/^[0-9*#a-dA-D]$/) }),
  z.object({
    type: z.literal('interrupt'),
    utteranceUntilInterrupt: text.catch(''),
    durationUntilInterruptMs: z.coerce.number().min(0).catch(0),
  }),
  z.object({ type: z.literal('error'), description: text.catch('') }),
]);

/** Why we end a relay session. Twilio shows it to the operator in its log; what follows is decided by the call's own log. */
type Handoff = 'transfer' | 'ended' | 'failed';

/** RFC 6455, 7.4.1. */
const normalClosure = 1000;

/** RFC 6455, 7.4.1: policy violation. */
const policyViolation = 1008;

/** One ConversationRelay session: Twilio's messages on one side, the receptionist on the other, the call's log between. */
export class RelaySession {
  readonly #options: RelaySessionOptions;
  #receptionist: ReceptionistSession | null = null;
  #over = false;

  constructor(options: RelaySessionOptions) {
    this.#options = options;
  }

  /** Takes one WebSocket message. Whatever it holds, it does no more harm than being ignored. */
  async receive(raw: string): Promise<void> {
    const message = inboundSchema.safeParse(parseJson(raw));
    if (!message.success || this.#over) return;
    const { data } = message;
    if (data.type === 'setup') return this.#setUp(data);
    const receptionist = this.#receptionist;
    if (receptionist === null) return;
    const { log, callId } = this.#options;
    switch (data.type) {
      case 'prompt':
        if (data.last && data.voicePrompt.trim() !== '')
          await receptionist.callerSaid(data.voicePrompt.trim());
        return;
      case 'dtmf':
        await log.append(callId, { type: 'caller.pressed', digit: data.digit });
        await receptionist.callerPressed(data.digit);
        return;
      case 'interrupt':
        await receptionist.interrupted(data.utteranceUntilInterrupt, data.durationUntilInterruptMs);
        return;
      case 'error':
        await log.append(callId, { type: 'relay.error', description: data.description });
        return;
      default:
        assertNever(data);
    }
  }

  /** The WebSocket is gone, or the session is no longer wanted: nothing more is said or heard. */
  close(): void {
    if (this.#over && this.#receptionist === null) return;
    this.#over = true;
    this.#receptionist?.close();
    this.#receptionist = null;
    this.#options.connection.close(normalClosure, 'the session is over');
    this.#options.onClosed();
  }

  async #setUp(setup: { sessionId: string; callSid: string }): Promise<void> {
    const { log, callId, connection, purpose, mayTransfer, greeting, workflow, clock, logger } =
      this.#options;
    const call = log.view(callId);
    if (call === undefined || call.callSid !== setup.callSid) {
      connection.close(policyViolation, 'this address belongs to another call');
      this.close();
      return;
    }
    if (this.#receptionist !== null) return;
    this.#receptionist = new ReceptionistSession({
      workflow,
      purpose,
      mayTransfer,
      call: () => log.view(callId) ?? call,
      caller: this.#options.caller(),
      host: this.#host(),
      model: this.#options.model,
      clock,
      logger,
    });
    // Twilio speaks the greeting once a session, however often its WebSocket connects.
    const isFirst = call.relay?.sessionId === null;
    await log.append(
      callId,
      { type: 'relay.connected', sessionId: setup.sessionId },
      ...(isFirst ? [{ type: 'ai.said' as const, text: greeting }] : []),
    );
  }

  #host(): SessionHost {
    const { log, callId, connection, purpose, handOver, sendText } = this.#options;
    return {
      record: async (...facts) => {
        await log.append(callId, ...facts);
      },
      speak: (token, last) => {
        if (this.#over) return;
        connection.send(JSON.stringify({ type: 'text', token, last }));
        log.speaking(callId, token);
      },
      sendText,
      transfer: async (request) => {
        await handOver(request);
        this.#end('transfer');
      },
      endCall: async (reason) => {
        await log.append(callId, { type: 'model.ended-call', reason });
        this.#end('ended');
      },
      modelFailed: async (problem) => {
        await log.append(callId, { type: 'model.failed', problem });
        if (purpose !== 'message') {
          const lastWords = log.view(callId)?.transcript.findLast(({ who }) => who === 'caller')?.text;
          await handOver({
            cause: 'model-error',
            reason: 'The AI failed, so a person takes over',
            summary:
              lastWords === undefined
                ? 'The caller had not spoken yet.'
                : `The caller last said: “${lastWords}”`,
          });
        }
        this.#end('failed');
      },
    };
  }

  /** Tells Twilio that the session is over; it then asks the `<Connect action>` what to do with the caller. */
  #end(reason: Handoff): void {
    if (this.#over) return;
    this.#over = true;
    const decision = this.#options.log.view(this.#options.callId)?.decision;
    const handoff = {
      reason,
      callId: this.#options.callId,
      ...(decision && { destination: decision.destinations[0] }),
    };
    this.#options.connection.send(JSON.stringify({ type: 'end', handoffData: JSON.stringify(handoff) }));
  }
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
