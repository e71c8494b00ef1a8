import { compileDesk } from '../../src-main/core/desk/desk-service.ts';
import { systemClock } from '../../src-main/core/ports.ts';
import { RouteService } from '../../src-main/core/routing/route-service.ts';
import { deskSchema } from '../../src-preload/contract/desk.ts';
import { type BenchRow, median } from './measure.ts';

const integrationId = 'desk';
const rounds = 15;
const decisionsPerRound = 100_000;

/** A decision with 10,000 rules against one with 10, as both front doors ask for it. */
export function benchDecision(): BenchRow {
  const few = routesWith(10);
  const many = routesWith(10_000);
  const fewCosts: number[] = [];
  const manyCosts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    fewCosts.push(costOf(few, 10));
    manyCosts.push(costOf(many, 10_000));
  }
  const ratio = median(manyCosts) / median(fewCosts);
  return {
    name: 'a decision, 10,000 rules against 10',
    measured: `${Math.round(median(manyCosts))} ns`,
    baseline: `${Math.round(median(fewCosts))} ns`,
    ratio,
    limit: '≤ 2',
    met: ratio <= 2,
  };
}

/** Nanoseconds a decision, over callers of which nine in ten meet a rule. */
function costOf(routes: RouteService, rules: number): number {
  const callers = Array.from({ length: 1000 }, (_, index) => {
    const rule = index % 10 === 9 ? rules + index : (index * 7919) % rules;
    return `${prefixOf(rule)}23`;
  });
  const contact = { known: false, tags: [] };
  let length = 0;
  const startedAt = performance.now();
  for (let index = 0; index < decisionsPerRound; index++) {
    const number = callers[index % callers.length] ?? null;
    const decision = routes.decide(integrationId, { number, contact, fields: {} });
    if (decision instanceof Promise) throw new Error('rules decide without waiting');
    length += decision.destinations.length;
  }
  const ns = ((performance.now() - startedAt) * 1e6) / decisionsPerRound;
  if (length === 0) throw new Error('no decision was made');
  return ns;
}

const prefixOf = (rule: number) => `+1${String(416_000_0 + rule * 37).padStart(8, '4')}`;

function routesWith(count: number): RouteService {
  const desk = deskSchema.parse({
    patchbay: 1,
    integrations: [
      {
        id: integrationId,
        name: 'Desk',
        staticNumber: '+14165551234',
        dynamic: {
          rules: Array.from({ length: count }, (_, index) => ({
            name: `Rule ${index}`,
            when: {
              callerPrefix: prefixOf(index),
              ...(index % 5 === 0 ? { contact: 'new' } : {}),
            },
            to: '+14165550001',
          })),
        },
      },
    ],
  });
  const compiled = compileDesk(desk);
  const silence = () => {};
  return new RouteService({
    desk: () => compiled,
    outbound: { postJson: () => Promise.reject(new Error('nothing is posted in this bench')) },
    recorder: { write: () => Promise.resolve('durable') },
    webhookRequests: { insert: silence },
    clock: systemClock,
    logger: { debug: silence, info: silence, warn: silence, error: silence },
  });
}
