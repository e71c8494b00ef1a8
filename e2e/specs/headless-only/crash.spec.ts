import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import Database from 'better-sqlite3';
import { WebSocket } from 'ws';
import { type AppProcess, type Ready, startServe, temporaryFolder } from '../../fixtures/processes.ts';
import { attributeOf, incomingCall, SignedRequests } from '../../fixtures/signed-requests.ts';

const kills = 20;
const routerKey = 'crash-key-0123456789-0123456789-01';
const authToken = 'crash-token';
/** The same after each start, as an operator's address is; the port behind it is not. */
const publicUrl = 'https://crash.example';
const desk = `patchbay: 1
integrations: [{ id: desk, name: Desk, staticNumber: "+14165551234", routerKey: ${routerKey} }]
workflows:
  - { id: reception, name: Reception, number: "+14165550100", integration: desk, greeting: Hello, prompt: Talk, model: "rehearsal:keywords" }
`;

/** What was answered before the process was killed. */
interface Answered {
  numbers: Set<string>;
  calls: Map<string, string>;
  /** Calls that went on after a kill. */
  resumed: Set<string>;
}

test('killed 20 times under load, nothing that was answered is lost and open calls go on', async () => {
  test.setTimeout(240_000);
  await using folder = await temporaryFolder();
  const deskFile = join(folder.path, 'desk.yaml');
  await writeFile(deskFile, desk);
  const answered: Answered = { numbers: new Set(), calls: new Map(), resumed: new Set() };

  for (let kill = 0; kill < kills; kill++) {
    const app = startServe(folder.path, ['--desk', deskFile, '--public-url', publicUrl], {
      TWILIO_AUTH_TOKEN: authToken,
      PATCHBAY_REHEARSAL: '0',
    });
    const { webhookUrl } = JSON.parse(await app.firstLine()) as Ready;
    await goOn(webhookUrl, answered);
    const load = underLoad(webhookUrl, kill, answered);
    await sleep(50 + Math.random() * 450);
    await killHard(app);
    await load;
    checkDatabase(folder.path, answered);
  }
  expect(answered.numbers.size, 'the load must have been answered').toBeGreaterThan(kills * 10);
  expect(answered.calls.size).toBeGreaterThan(kills);
  expect(answered.resumed.size).toBeGreaterThan(kills / 2);
});

async function killHard(app: AppProcess): Promise<void> {
  app.child.kill('SIGKILL');
  await app.ended;
}

/** Transfers and calls, many at once, until the process is gone. */
async function underLoad(webhookUrl: string, round: number, answered: Answered): Promise<void> {
  const twilio = new SignedRequests(webhookUrl, authToken, publicUrl);
  const transfers = Array.from({ length: 8 }, async (_, worker) => {
    for (let count = 0; ; count++) {
      const number = `+1416${round + 10}${worker}${String(count).padStart(4, '0')}`;
      const response = await fetch(`${webhookUrl}/transfer/${routerKey}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ number }),
      });
      expect(await response.json()).toEqual({ transferNumber: '+14165551234' });
      answered.numbers.add(number);
    }
  });
  const calls = Array.from({ length: 4 }, async (_, worker) => {
    for (let count = 0; ; count++) {
      const callSid = `CA-${round}-${worker}-${count}`;
      const { text } = await twilio.post(
        '/twilio/voice',
        incomingCall(callSid, '+14165550199', '+14165550100'),
      );
      answered.calls.set(callSid, text);
    }
  });
  const ends = await Promise.allSettled([...transfers, ...calls]);
  // A worker may end only because the process is gone: the connection broke.
  for (const end of ends) {
    if (end.status === 'rejected' && !isBrokenConnection(end.reason)) throw end.reason;
  }
}

/** fetch's own error for a connection that was refused or cut; an unmet expectation is another. */
function isBrokenConnection(error: unknown): boolean {
  return error instanceof TypeError;
}

function checkDatabase(dataDir: string, answered: Answered): void {
  const db = new Database(join(dataDir, 'patchbay.db'));
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const bodies = db
      .prepare<[], string>("SELECT request_body FROM webhook_requests WHERE url LIKE '/transfer/%'")
      .pluck()
      .all()
      .join('\n');
    const missing = [...answered.numbers].filter((number) => !bodies.includes(number));
    expect(missing, 'answered transfers that are not on disk').toEqual([]);
    const known = new Set(db.prepare<[], string>('SELECT call_sid FROM calls').pluck().all());
    expect([...answered.calls.keys()].filter((callSid) => !known.has(callSid))).toEqual([]);
    const withoutEvents = db
      .prepare<[], string>('SELECT id FROM calls WHERE id NOT IN (SELECT call_id FROM call_events)')
      .pluck()
      .all();
    expect(withoutEvents).toEqual([]);
  } finally {
    db.close();
  }
}

/** A call that was open when the process was killed: Twilio reports the dropped WebSocket, and the conversation goes on. */
async function goOn(webhookUrl: string, answered: Answered): Promise<void> {
  const [callSid, before] = [...answered.calls].findLast(([sid]) => !answered.resumed.has(sid)) ?? [];
  if (callSid === undefined || before === undefined) return;
  answered.resumed.add(callSid);
  const twilio = new SignedRequests(webhookUrl, authToken, publicUrl);
  const fields = { ...incomingCall(callSid, '+14165550199', '+14165550100'), CallStatus: 'in-progress' };
  const { text } = await twilio.post(attributeOf(before, 'action'), {
    ...fields,
    SessionStatus: 'failed',
    ErrorCode: '64105',
  });
  const socket = new WebSocket(
    attributeOf(text, 'url').replace('wss://crash.example', webhookUrl.replace('http', 'ws')),
  );
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const ended = new Promise<{ handoffData: string }>((resolve) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; handoffData: string };
      if (message.type === 'end') resolve(message);
    });
  });
  socket.send(JSON.stringify({ type: 'setup', sessionId: 'VX', callSid }));
  socket.send(JSON.stringify({ type: 'prompt', voicePrompt: 'I want to speak with a person', last: true }));
  const { handoffData } = await ended;
  socket.close();
  const dial = await twilio.post(attributeOf(text, 'action'), {
    ...fields,
    SessionStatus: 'ended',
    HandoffData: handoffData,
  });
  expect(dial.text).toContain('+14165551234</Number>');
}
