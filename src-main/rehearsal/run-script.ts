import type { CallDetail, RehearsalResult } from '../../src-preload/contract/api.ts';
import { e164Schema } from '../../src-preload/contract/desk.ts';
import type { Core } from '../core/core.ts';
import { readYaml } from '../core/desk/read-yaml.ts';
import type { CallRecord } from './call-record.ts';
import { judge, judgeOnAnyDesk, type Observed, type Unmet } from './judge.ts';
import type { RehearsalLine } from './rehearsal-line.ts';
import type { Script } from './script.ts';
import type { ScriptedOutbound } from './scripted-outbound.ts';

/** What a script runs against. `outbound` is absent where the operator's real servers answer. */
export interface Stage {
  core: Core;
  line: RehearsalLine;
  outbound?: ScriptedOutbound;
  /** Lets time pass at once on Patchbay's clock, in milliseconds; absent where Patchbay's clock is the computer's. */
  pass?: (ms: number) => void;
  /** Ends the waiting early. */
  signal?: AbortSignal;
}

/** What came of a script. */
export interface ScriptRun {
  name: string;
  unmet: Unmet[];
  observed: Observed;
  tookMs: number;
}

/** Facts that follow a call's end (its summary, the after-call webhook) get this long; real milliseconds. */
const patienceMs = 8_000;
/** After its summary a call changes no more; only what is posted and fetched may still come. Real milliseconds. */
const settledMs = 500;
/** A look at what is not announced (posts, texts), in real milliseconds. */
const lookAgainMs = 25;

/**
 * Places the call, waits for what is expected and says what did not come. It waits for facts, not for time: an
 * expectation that is met costs nothing, one that is not met costs some patience after the call's end.
 */
export async function runScript(script: Script, stage: Stage): Promise<ScriptRun> {
  return await run(script, stage, (observed) => judge(script.expect, observed));
}

/** Places the call of a script on a desk that it was not written for: only what holds on any desk is judged. */
export async function runOnOtherDesk(script: Script, stage: Stage): Promise<ScriptRun> {
  const { to, router, ...rest } = script;
  const attached = stage.core.status().workflows.some(({ number }) => number === to);
  const adapted: Script = {
    ...rest,
    ...(attached && to !== undefined ? { to } : {}),
    // The key of a sample's own integration opens no other desk.
    ...(router === undefined ? {} : { router: router.map((question) => ({ ...question, key: undefined })) }),
  };
  return await run(adapted, stage, judgeOnAnyDesk);
}

async function run(
  script: Script,
  stage: Stage,
  judgeBy: (observed: Observed) => Unmet[],
): Promise<ScriptRun> {
  const startedAt = performance.now();
  for (const [number, code] of Object.entries(script.texts)) stage.line.refuseTextsTo(number, code);
  const textsBefore = stage.line.texts.length;
  const observe =
    script.router === undefined
      ? await placeCall(script, stage)
      : await askAsPlatform(script, script.router, stage);
  const look = (): Observed => ({
    ...observe(),
    texts: stage.line.texts.slice(textsBefore).filter(({ to }) => to === script.from),
    posted: stage.outbound?.posted ?? [],
  });
  let observed = look();
  let unmet = judgeBy(observed);
  const { posts, posted, afterCall, voicemailKept } = script.expect;
  const waitsForMore = [posts, posted, afterCall, voicemailKept].some((expected) => expected !== undefined);
  let deadline = performance.now() + patienceMs;
  while (
    (unmet.length > 0 || isUnderWay(observed)) &&
    performance.now() < deadline &&
    !stage.signal?.aborted
  ) {
    await nextUpdate(stage.core);
    observed = look();
    const settled = isSettled(observed) && !waitsForMore;
    if (settled) deadline = Math.min(deadline, performance.now() + settledMs);
    unmet = judgeBy(observed);
  }
  if (isUnderWay(observed)) {
    unmet.push({ what: 'the call', expected: 'to be over', came: observed.detail?.call.phase ?? 'nothing' });
  }
  return { name: script.name, unmet, observed, tookMs: Math.round(performance.now() - startedAt) };
}

/** The result for the operator: each problem in one sentence. */
export function resultOf(run: ScriptRun): RehearsalResult {
  return {
    name: run.name,
    passed: run.unmet.length === 0,
    problems: run.unmet.map(({ what, expected, came }) => `${what}: expected ${expected}, came ${came}`),
    ended: howItEnded(run.observed),
    tookMs: run.tookMs,
  };
}

/** How a rehearsal ended, in a few words. */
export function howItEnded({ detail, record, answer }: Observed): string {
  const isCall = detail !== undefined || record !== undefined;
  if (answer !== undefined && !isCall) return `answered with status ${answer.status}`;
  if (record?.error !== undefined) return `Twilio error ${record.error.code}: ${record.error.message}`;
  if (detail === undefined) return 'Patchbay has no such call on record';
  const { outcome, phase } = detail.call;
  return outcome === null ? `not over: ${phase}` : outcome.replaceAll('-', ' ');
}

type Watching = () => Pick<Observed, 'detail' | 'record' | 'answer'>;

async function placeCall(script: Script, { core, line }: Stage): Promise<Watching> {
  const to = script.to ?? core.status().workflows[0]?.number;
  if (to === undefined) throw new Error('the desk has no workflow, so there is no number to call');
  for (const { number } of core.status().workflows) line.own(number);
  const placed = line.place({
    from: script.from === 'withheld' ? null : script.from,
    to,
    forwardedFrom: script.forwardedFrom,
    callerName: script.callerName,
    steps: script.steps,
    destinations: script.destinations,
    faults: script.faults,
  });
  const record: CallRecord = await placed.ended;
  return () => ({ detail: core.getCall(placed.callSid), record, answer: undefined });
}

type Question = NonNullable<Script['router']>[number];

/** The platform asks, and then, where the script says so, calls the number that it was answered last. */
async function askAsPlatform(
  script: Script,
  questions: readonly Question[],
  stage: Stage,
): Promise<Watching> {
  let answer: Observed['answer'];
  for (const question of questions) answer = await ask(question, stage);
  const to = numberIn(answer?.body);
  const thenCalls = questions.at(-1)?.thenCalls;
  const isOurs = stage.core.status().workflows.some(({ number }) => number === to);
  if (thenCalls === undefined || to === undefined || !isOurs) {
    return () => ({ detail: undefined, record: undefined, answer });
  }
  stage.pass?.(thenCalls.after * 1000);
  const watching = await placeCall({ ...script, to, from: thenCalls.from ?? script.from }, stage);
  return () => ({ ...watching(), answer });
}

async function ask(
  { key: given, dialect, body: said }: Question,
  { core, line }: Stage,
): Promise<NonNullable<Observed['answer']>> {
  const key = given ?? routerKeyIn(core.exportDesk());
  if (key === undefined) throw new Error('no integration of the desk has a routerKey');
  const body = typeof said === 'string' ? said : JSON.stringify(said);
  const { status, body: bytes } = await line.webhooks.sendJson(
    line.webhooks.publicAddress(`/transfer/${key}${dialect === undefined ? '' : `/${dialect}`}`),
    body,
  );
  const text = bytes.toString('utf8');
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    // Not JSON: the words themselves are what came.
    return { status, body: text };
  }
}

/** The first phone number in an answer, in whichever platform's words. */
function numberIn(value: unknown): string | undefined {
  if (typeof value === 'string') return e164Schema.safeParse(value).data;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value)
    .map(numberIn)
    .find((number) => number !== undefined);
}

function routerKeyIn(deskYaml: string): string | undefined {
  const desk = readYaml(deskYaml);
  const integrations = desk.valueAt(['integrations']);
  if (!Array.isArray(integrations)) return undefined;
  const keys = integrations.map((_, index) => desk.valueAt(['integrations', index, 'routerKey']));
  return keys.find((key) => typeof key === 'string');
}

function isUnderWay({ detail }: { detail: CallDetail | undefined }): boolean {
  return detail !== undefined && detail.call.phase !== 'ended';
}

function isSettled({ detail, answer, record }: Observed): boolean {
  if (detail === undefined) return answer !== undefined || record !== undefined;
  return detail.call.summary !== null;
}

async function nextUpdate(core: Core): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(go, lookAgainMs);
    const unsubscribe = core.subscribe(go);
  });
}
