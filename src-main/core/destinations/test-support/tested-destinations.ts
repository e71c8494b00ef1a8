import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from '../../../../src-preload/contract/account.ts';
import { deskSchema } from '../../../../src-preload/contract/desk.ts';
import { ManualTime } from '../../../rehearsal/manual-time.ts';
import type { RehearsalAccountSetup } from '../../../rehearsal/rest/rehearsal-account-state.ts';
import type { Db } from '../../database/open-database.ts';
import { memoryDatabase, rememberingLogger } from '../../database/testing.ts';
import { type CompiledDesk, compileDesk } from '../../desk/desk-service.ts';
import { type RehearsedTwilio, rehearseTwilio } from '../../test-support/rehearsed-twilio.ts';
import { createTwilioRest } from '../../twilio/create-twilio-rest.ts';
import { DestinationService } from '../destination-service.ts';
import { unhurried } from '../test-call.ts';

export const businessNumber = '+14165550100';
export const secondNumber = '+14165550101';
export const staticNumber = '+14165551234';

export interface TestedDestinations extends AsyncDisposable {
  destinations: DestinationService;
  twilio: RehearsedTwilio;
  time: ManualTime;
  db: Db;
  setDesk(staticNumber: string): void;
  connected: { account: Account | null; profileName: string | null };
  /** Null: Twilio has no way to Patchbay. */
  reachable: { origin: string | null };
  /** Twilio's requests with a pressed key: path, digits, and what was answered. */
  keys: { path: string; digits: string; answer: string }[];
  /** The service as after a start of Patchbay on the same database. */
  restarted(): DestinationService;
  /** Requests of one method and path that came to Twilio. */
  asked(method: string, path: RegExp): number;
}

/** The service on a rehearsed Twilio whose time is moved by each wait of the service. */
export async function testDestinations(
  setup: RehearsalAccountSetup = {},
  { db = memoryDatabase(), patienceMs = unhurried.patienceMs }: { db?: Db; patienceMs?: number } = {},
): Promise<TestedDestinations> {
  const time = new ManualTime(Date.UTC(2026, 10, 24, 9));
  const keys: TestedDestinations['keys'] = [];
  const listener = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const path = request.url ?? '';
      const digits = new URLSearchParams(body).get('Digits') ?? '';
      const answer = destinations.keyPressed(path.split('/').at(-1) ?? '', digits);
      keys.push({ path, digits, answer });
      response.setHeader('Content-Type', 'text/xml').end(answer);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const twilio = await rehearseTwilio(
    { numbers: [secondNumber, businessNumber], ...setup },
    { time, webhookUrl },
  );
  // Retries wait no real time.
  const rest = createTwilioRest({
    vault: twilio.vault,
    apiUrl: () => twilio.apiUrl,
    waiting: { now: () => time.now(), random: () => 0.5, sleep: async () => {} },
  });
  const connected: TestedDestinations['connected'] = { account: accountOf(twilio), profileName: null };
  const reachable: TestedDestinations['reachable'] = { origin: webhookUrl };
  let desk = deskWith(staticNumber);
  const make = () =>
    new DestinationService({
      twilio: rest,
      db,
      desk: () => desk,
      account: () => connected.account,
      profileName: () => connected.profileName,
      provenOrigin: () => reachable.origin,
      clock: { now: () => time.date().getTime() },
      logger: rememberingLogger(),
      pacing: { pollEveryMs: 1000, patienceMs, wait: (ms) => time.advance(ms / 1000) },
    });
  const destinations = make();
  return {
    destinations,
    twilio,
    time,
    db,
    connected,
    reachable,
    keys,
    setDesk(number) {
      desk = deskWith(number);
    },
    restarted: make,
    asked: (method, path) =>
      twilio.account.requests.filter((request) => request.method === method && path.test(request.path))
        .length,
    async [Symbol.asyncDispose]() {
      destinations.stop();
      listener.closeAllConnections();
      listener.close();
      await twilio[Symbol.asyncDispose]();
    },
  };
}

function deskWith(number: string): CompiledDesk {
  const workflow = { greeting: 'Hello', prompt: 'Talk', model: 'rehearsal:keywords' };
  return compileDesk(
    deskSchema.parse({
      patchbay: 1,
      integrations: [
        { id: 'front-desk', name: 'Front desk', staticNumber: number },
        { id: 'accounts', name: 'Accounts', staticNumber: '+14165550009' },
      ],
      workflows: [
        { ...workflow, id: 'other', name: 'Other', number: secondNumber, integration: 'accounts' },
        {
          ...workflow,
          id: 'reception',
          name: 'Reception',
          number: businessNumber,
          integration: 'front-desk',
        },
      ],
    }),
  );
}

export function accountOf({ account }: RehearsedTwilio): Account {
  return {
    accountSid: account.sid,
    name: account.friendlyName,
    type: account.type,
    status: account.status,
    parentSid: null,
    balance: account.balance,
    concurrency: { calls: null, why: '' },
    meanings: [],
    checkedAt: 0,
  };
}
