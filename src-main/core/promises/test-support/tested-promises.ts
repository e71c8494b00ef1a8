import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveUpdate } from '../../../../src-preload/contract/api.ts';
import type { CallFact, CallView } from '../../../../src-preload/contract/calls.ts';
import { deskSchema } from '../../../../src-preload/contract/desk.ts';
import type { CallbackPromise } from '../../../../src-preload/contract/promises.ts';
import { ManualTime } from '../../../rehearsal/manual-time.ts';
import type { CallScript } from '../../../rehearsal/rest/call-scripts.ts';
import { rebuildCall } from '../../calls/call-state.ts';
import { memoryDatabase, rememberingLogger } from '../../database/testing.ts';
import { compileDesk } from '../../desk/desk-service.ts';
import type { TextSender } from '../../ports.ts';
import { rehearseTwilio } from '../../test-support/rehearsed-twilio.ts';
import { createTextSender } from '../../twilio/text-sender.ts';
import {
  callbackDialWebhook,
  callbackKeyWebhook,
  callbackLegWebhook,
} from '../../webhooks/callback-webhooks.ts';
import { PromiseService } from '../promise-service.ts';

export const businessNumber = '+14165550100';
export const staticNumber = '+14165551234';
export const caller = '+14165557777';
export const callId = 'abcd1234-0000-4000-8000-000000000000';
export const minuteMs = 60_000;

/** Picks up and presses a key. */
export const person: CallScript = { kind: 'person', afterSeconds: 3, presses: '1' };

const desk = compileDesk(
  deskSchema.parse({
    patchbay: 1,
    integrations: [
      { id: 'desk', name: 'Desk', staticNumber, noAnswer: ['text'], promise: { withinMinutes: 30 } },
      { id: 'bakery', name: 'Bakery', staticNumber: '+14165559876' },
    ],
    schedules: [{ id: 'office', timezone: 'America/Toronto', open: {} }],
    workflows: [
      {
        id: 'reception',
        name: 'Reception',
        number: businessNumber,
        integration: 'desk',
        greeting: 'Hello',
        prompt: 'Talk',
        model: 'rehearsal:keywords',
      },
    ],
  }),
);

/** A call that asked for a person. */
export function callOf(id: string, { from = caller, integrationId = 'desk' }: CallOptions = {}): CallView {
  const facts: CallFact[] = [
    {
      type: 'received',
      callSid: `CA${id}`,
      accountSid: 'AC1',
      from,
      to: businessNumber,
      workflowId: 'reception',
      workflowName: 'Reception',
      model: 'rehearsal:keywords',
      contactId: 1,
      contactName: 'Corner Bakery',
      contactKnown: true,
      safetyNet: { integrationId, staticNumber },
    },
    { type: 'transfer.requested', cause: 'model', reason: 'The boiler is cold', summary: '' },
  ];
  const call = rebuildCall(facts.map((fact, index) => ({ callId: id, seq: index + 1, at: 0, fact })));
  if (call === null) throw new Error('the call has facts');
  return call;
}

interface CallOptions {
  from?: string | null;
  integrationId?: string;
}

export type TestedPromises = Awaited<ReturnType<typeof testPromises>>;

/** The service on a rehearsed Twilio that reaches its webhooks; time is moved by the service's own waiting. */
export async function testPromises(
  scripts: Record<string, CallScript> = {},
  { texts }: { texts?: TextSender } = {},
) {
  const time = new ManualTime(Date.UTC(2026, 10, 25, 19));
  const facts: { callId: string; fact: CallFact }[] = [];
  const notices: { title: string; body: string }[] = [];
  const listeners = new Set<(update: LiveUpdate) => void>();
  /** Webhooks that never reach Patchbay. */
  const lost = new Set<string>();
  const listener = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', async () => {
      const [, , , token = '', step = ''] = (request.url ?? '').split('/');
      const webhook = webhooks[step];
      if (webhook === undefined || lost.has(step)) {
        response.writeHead(503).end();
        return;
      }
      const { twiml } = await webhook(promises, Object.fromEntries(new URLSearchParams(body)), token);
      if (twiml === null) response.writeHead(204).end();
      else response.setHeader('Content-Type', 'text/xml').end(twiml);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const twilio = await rehearseTwilio({ numbers: [businessNumber] }, { time, webhookUrl });
  for (const [number, script] of Object.entries(scripts)) twilio.account.callScripts.set(number, script);
  const db = memoryDatabase();
  const reachable: { origin: string | null } = { origin: webhookUrl };
  const logger = rememberingLogger();
  const make = () =>
    new PromiseService({
      db,
      recorder: {
        // As the real one, at the end of the turn.
        write: async (work) => {
          await undefined;
          work();
          return 'durable';
        },
      },
      log: {
        append: async (id, ...appended) => {
          facts.push(...appended.map((fact) => ({ callId: id, fact })));
          return 'durable';
        },
        subscribe: (heard) => {
          listeners.add(heard);
          return () => listeners.delete(heard);
        },
      },
      desk: () => desk,
      texts: texts ?? createTextSender(twilio.rest),
      twilio: twilio.rest,
      provenOrigin: () => reachable.origin,
      origin: () => webhookUrl,
      notifier: {
        notify: ({ title, body }) => notices.push({ title: plain(title), body }),
      },
      clock: { now: () => time.date().getTime() },
      logger,
      wait: (ms) => time.advance(ms / 1000),
    });
  let promises = make();
  promises.start();
  return {
    get promises() {
      return promises;
    },
    twilio,
    time,
    facts,
    notices,
    reachable,
    lost,
    logger,
    /** Stops the service and starts another one on the same database. */
    restart() {
      promises.stop();
      promises = make();
      promises.start();
    },
    /** A call is over in which the caller spoke with a person. */
    reachedPerson(call: CallView) {
      const outcome = 'human-on-the-line';
      const event = { callId: call.id, seq: 9, at: 0, fact: { type: 'ended' as const, outcome } as const };
      for (const heard of listeners) heard({ kind: 'event', call: { ...call, outcome }, event });
    },
    async [Symbol.asyncDispose]() {
      promises.stop();
      listener.closeAllConnections();
      listener.close();
      await twilio[Symbol.asyncDispose]();
    },
  };
}

const webhooks: Record<string, typeof callbackKeyWebhook> = {
  key: callbackKeyWebhook,
  leg: callbackLegWebhook,
  dial: callbackDialWebhook,
};

/** The promise that was made in the sample call. */
export async function promised(under: TestedPromises): Promise<CallbackPromise> {
  await under.promises.make(callOf(callId));
  const [promise] = under.promises.list(10);
  if (promise === undefined) throw new Error('a promise was made');
  return promise;
}

/** Some runtimes put a narrow no-break space before AM and PM. */
export function plain(text: string): string {
  return text.replaceAll(/\s/g, ' ');
}
