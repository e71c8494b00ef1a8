import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { attributeOf, incomingCall, SignedRequests } from '../fixtures/signed-requests.ts';
import { type BenchRow, median, percentile, startProcess } from './measure.ts';

const callsAtOnce = 50;

const desk = `patchbay: 1
integrations: [{ id: desk, name: Desk, staticNumber: "+14165551234" }]
workflows:
  - { id: reception, name: Reception, number: "+14165550100", integration: desk, greeting: Hello, prompt: Talk, model: "bench:timestamps" }
`;

/**
 * From the moment a model hands over a token to its WebSocket frame, with 50 calls at once: in the host until the frame
 * is with the socket, and at the other end, where a process of its own has to be woken.
 */
export async function benchTokenToFrame(hostFile: string): Promise<BenchRow[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  const host = await startProcess<{ webhookUrl: string }>([hostFile, dataDir, desk]);
  try {
    await callAll(host.ready.webhookUrl, 'warm-up');
    host.child.kill('SIGUSR2');
    const received = await callAll(host.ready.webhookUrl, 'measured');
    const { delays } = JSON.parse(await host.stop()) as { delays: number[] };
    if (delays.length !== received.length)
      throw new Error(`${delays.length} tokens left, ${received.length} came`);
    const p99 = percentile(delays, 0.99);
    const endToEnd = percentile(received, 0.99);
    return [
      {
        name: `model token to WebSocket frame, ${callsAtOnce} calls at once`,
        measured: `p99 ${p99.toFixed(2)} ms, median ${median(delays).toFixed(2)} ms, ${delays.length} tokens`,
        baseline: '2 ms',
        ratio: p99 / 2,
        limit: '< 1',
        met: p99 < 2,
      },
      {
        name: 'the same, until another process has the frame',
        measured: `p99 ${endToEnd.toFixed(2)} ms, median ${median(received).toFixed(2)} ms`,
        baseline: '2 ms',
        ratio: endToEnd / 2,
        limit: 'shown',
        met: true,
      },
    ];
  } finally {
    await host.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function callAll(webhookUrl: string, label: string): Promise<number[]> {
  const calls = Array.from({ length: callsAtOnce }, (_, index) => call(webhookUrl, `CA-${label}-${index}`));
  return (await Promise.all(calls)).flat();
}

/** One call that asks one thing. @returns the milliseconds of each token of the answer. */
async function call(webhookUrl: string, callSid: string): Promise<number[]> {
  const socket = new WebSocket(await relayUrl(webhookUrl, callSid));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const delays: number[] = [];
  const answered = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const now = (performance.timeOrigin + performance.now()) * 1000;
      const { type, token, last } = JSON.parse(String(data)) as {
        type: string;
        token: string;
        last: boolean;
      };
      const madeAt = /^@(\d+)/.exec(token)?.[1];
      if (type === 'text' && madeAt !== undefined) delays.push((now - Number(madeAt)) / 1000);
      if (last) resolve();
    });
  });
  socket.send(JSON.stringify({ type: 'setup', sessionId: 'VX', callSid }));
  // Spread over one token's interval, as calls are: 50 timers that fire in the same moment are no load of this world.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  socket.send(JSON.stringify({ type: 'prompt', voicePrompt: 'Tell me something', last: true }));
  await answered;
  socket.close();
  return delays;
}

async function relayUrl(webhookUrl: string, callSid: string): Promise<string> {
  const twilio = new SignedRequests(webhookUrl, 'bench');
  const { text } = await twilio.post('/twilio/voice', incomingCall(callSid, '+14165550199', '+14165550100'));
  return attributeOf(text, 'url');
}
