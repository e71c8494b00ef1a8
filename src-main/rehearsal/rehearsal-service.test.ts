import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Core } from '../core/core.ts';
import { createCore } from '../core/create-core.ts';
import { systemClock, type Vault } from '../core/ports.ts';
import { createModelRegistry } from '../core/receptionist/model-registry.ts';
import { noTunnels, noTwilio } from '../core/test-support/no-outside.ts';
import { withRehearsalAccount } from './rehearsal-account.ts';
import { RehearsalLine } from './rehearsal-line.ts';
import { DeskInUseError, RehearsalService, ScriptNotFoundError } from './rehearsal-service.ts';
import { ScriptedOutbound } from './scripted-outbound.ts';
import { silentLogger } from './test-fixtures/fake-patchbay.ts';

const emptyVault: Vault = { get: () => undefined, set: () => {}, delete: () => {} };
const scriptsDir = join(import.meta.dirname, '../../resources/rehearsal');
const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-service-'));
let core: Core;
let line: RehearsalLine;
let service: RehearsalService;

beforeAll(async () => {
  const vault = withRehearsalAccount(emptyVault);
  const ports = {
    clock: systemClock,
    logger: silentLogger,
    vault,
    notifier: { notify: () => {} },
    models: createModelRegistry({ vault }),
    outbound: new ScriptedOutbound({}),
    texts: { send: async () => ({ sid: 'SM1' }) },
    twilio: noTwilio,
    tunnels: noTunnels,
  };
  core = createCore({ dataDir, webhookPort: 0, tunnel: null }, ports);
  const { webhookUrl } = await core.start();
  const account = {
    sid: vault.get('TWILIO_ACCOUNT_SID') ?? '',
    authToken: vault.get('TWILIO_AUTH_TOKEN') ?? '',
  };
  line = new RehearsalLine({ webhookUrl, publicUrl: webhookUrl, account, speed: 60, logger: silentLogger });
  service = new RehearsalService({ core, line, scriptsDir, logger: silentLogger });
});
afterAll(async () => {
  await line.stop();
  await core.stop();
  rmSync(dataDir, { recursive: true });
});

describe('RehearsalService', () => {
  it('lists the sample calls', async () => {
    const scripts = await service.scripts();
    expect(scripts.length).toBeGreaterThanOrEqual(24);
    expect(scripts).toContainEqual(expect.objectContaining({ file: 'busy.yaml', name: 'The line is busy' }));
  });

  it('puts the practice desk in force once, and judges a call on it in full', async () => {
    expect(service.loadPracticeDesk()).toEqual({ warnings: [] });
    expect(() => service.loadPracticeDesk()).toThrow(DeskInUseError);
    const result = await service.place('caller-from-hamilton.yaml');
    expect(result).toMatchObject({ passed: true, problems: [], ended: 'human on the line' });
  });

  it('places a sample on the operator’s own desk without judging its desk', async () => {
    const own = readFileSync(join(scriptsDir, 'practice-desk.yaml'), 'utf8').replace('Front desk', 'Counter');
    core.applyDesk(own.replaceAll('+14165550100', '+14165550109'));
    const result = await service.place('asks-for-a-person.yaml');
    expect(result).toMatchObject({ passed: true, problems: [] });
    expect(result.ended).toContain('not judged');
    expect(core.listCalls({ limit: 1 })[0]).toMatchObject({
      to: '+14165550109',
      outcome: 'human-on-the-line',
    });
  });

  it('asks as another platform on the operator’s own desk', async () => {
    expect((await service.place('router-rule.yaml')).ended).toContain('status 200');
  });

  it.each(['none.yaml', '../practice-desk.yaml', 'busy'])('does not find %s', async (file) => {
    await expect(service.place(file)).rejects.toThrow(ScriptNotFoundError);
  });
});

describe('withRehearsalAccount', () => {
  it('makes up an account, the same one each time, unless the vault holds a whole one', () => {
    const made = withRehearsalAccount(emptyVault);
    expect(made.get('TWILIO_ACCOUNT_SID')).toMatch(/^AC[0-9a-f]{32}$/);
    expect(withRehearsalAccount(emptyVault).get('TWILIO_AUTH_TOKEN')).toBe(made.get('TWILIO_AUTH_TOKEN'));
    const own = withRehearsalAccount({ ...emptyVault, get: (name) => `own ${name}` });
    expect(own.get('TWILIO_AUTH_TOKEN')).toBe('own TWILIO_AUTH_TOKEN');
    expect(own.get('OPENAI_API_KEY')).toBe('own OPENAI_API_KEY');
    const half = withRehearsalAccount({
      ...emptyVault,
      get: (name) => (name === 'TWILIO_ACCOUNT_SID' ? 'AC1' : undefined),
    });
    expect(half.get('TWILIO_ACCOUNT_SID')).toBe(made.get('TWILIO_ACCOUNT_SID'));
  });
});
