import type { RouteExplanation, RuleTrace } from '../../../src-preload/contract/routing.ts';
import { type Command, type CommandCall, found, moment } from '../command.ts';
import { ringWords } from '../ring-words.ts';
import { readRouteQuestion } from '../route-question.ts';

export const route: Command = {
  words: 'route',
  about: `where a caller would be led, and why, rule by rule; nothing changes
      --integration ID [--number NUMBER] [--at 2026-12-24T10:00] [--field NAME=VALUE]… [--called NUMBER]
      [--workflow ID] [--contact known|new] [--tag TAG]…, or --call ID for a decision that was made`,
  async run(call) {
    const { client, flags, print } = call;
    if (flags.route.call !== undefined) return explainCall(call, flags.route.call);
    const question = readRouteQuestion({ ...flags.route, integration: flags.integration }, Date.now());
    const explanation = await found(() => client.routing.explain(question));
    if (flags.json) print(JSON.stringify(explanation, null, 2));
    else for (const line of explanationLines(explanation)) print(line);
    return 0;
  },
};

async function explainCall({ client, flags, print }: CommandCall, id: string): Promise<number> {
  const explained = await found(() => client.routing.explainCall({ id }));
  if (flags.json) {
    print(JSON.stringify(explained, null, 2));
    return 0;
  }
  const { decision, explanation, isSame } = explained;
  print(`Decided then: ${ringWords(decision.destinations, decision.together ?? [])}. ${decision.why}`);
  print(isSame ? 'The desk in force decides the same:' : 'The desk in force decides otherwise:');
  for (const line of explanationLines(explanation)) print(line);
  return 0;
}

const marks: Record<RuleTrace['outcome'], string> = {
  matched: '→',
  'not-matched': '–',
  'not-looked-at': ' ',
};

function explanationLines(explanation: RouteExplanation): string[] {
  const { rules, group, destinations, together, why, atMostSeconds } = explanation;
  return [
    callerLine(explanation),
    ...rules.flatMap((rule, position) => ruleLines(rule, position)),
    ...(group === null ? [] : [`Group ${group.id}, ${group.strategy}:`]),
    ...(group?.members ?? []).map(
      ({ number, says, outcome }) => `  ${outcome === 'rung' ? '→' : '–'} ${number} ${says}`,
    ),
    why,
    ...(destinations.length === 0 ? [] : [`Rings ${ringWords(destinations, together)}.`]),
    `Whether a person takes the call is clear after ${atMostSeconds} s at the latest.`,
  ];
}

function callerLine({ number, at, regions, contact, integrationId }: RouteExplanation): string {
  const place = regions.length === 0 ? '' : `, from ${regions.join(', ')}`;
  const tags = contact.tags.length === 0 ? '' : ` (${contact.tags.join(', ')})`;
  const caller =
    number === null
      ? 'A caller without a number'
      : `${number}${place}, a ${contact.known ? 'known' : 'new'} contact${tags}`;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return `${caller}, to ${integrationId} at ${moment(at)}, in this machine’s time zone ${timeZone}`;
}

function ruleLines({ name, to, outcome, why, neverMatches }: RuleTrace, position: number): string[] {
  const says = { matched: 'matches', 'not-matched': 'no', 'not-looked-at': 'not looked at' }[outcome];
  return [
    `${marks[outcome]} ${position + 1}. ${name} (${to}): ${says}: ${why.join('; ')}`,
    ...(neverMatches === null ? [] : [`     ! ${neverMatches}`]),
  ];
}
