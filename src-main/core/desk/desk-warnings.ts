import type { Desk, Group, Rule } from '../../../src-preload/contract/desk.ts';
import { modelProviders } from '../receptionist/model-registry.ts';
import { compileRules } from '../routing/compile-rules.ts';
import { plainValue } from '../routing/rule-values.ts';
import { shadowedRules } from '../routing/shadowed-rules.ts';
import type { DeskProblem } from './check-desk.ts';

/**
 * What in a valid desk does not do what it seems to, so that the operator is never left to believe in a rule that cannot
 * match.
 */
export function warningsOf(desk: Desk): DeskProblem[] {
  return [
    ...desk.integrations.flatMap((integration, at) =>
      ruleWarnings(integration.dynamic?.rules ?? [], ['integrations', at, 'dynamic', 'rules'], desk),
    ),
    ...desk.workflows.flatMap(({ model }, at) =>
      modelProviders.includes(model.split(':')[0] ?? '')
        ? []
        : [
            {
              path: ['workflows', at, 'model'],
              message: `there is no provider for "${model}": every call would go to the static number. The providers are ${modelProviders.join(', ')}`,
            },
          ],
    ),
    ...desk.integrations.flatMap(({ platformNumber, handOverNumber }, at) =>
      platformNumber === undefined || handOverNumber !== undefined
        ? []
        : [
            {
              path: ['integrations', at, 'platformNumber'],
              message: 'it tells the calls that come to a "handOverNumber", and this integration has none',
            },
          ],
    ),
    ...desk.groups.flatMap((group, at) => groupWarnings(group, ['groups', at])),
  ];
}

function ruleWarnings(rules: readonly Rule[], path: DeskProblem['path'], desk: Desk): DeskProblem[] {
  if (rules.length === 0) return [];
  return [
    ...rules.flatMap((rule, position) => fieldWarnings(rule, [...path, position], desk)),
    ...shadowedRules(compileRules(rules, desk)).map(({ position, says }) => ({
      path: [...path, position],
      message: `the rule "${rules[position]?.name}" ${says}`,
    })),
  ];
}

/** The department that a caller is said to want needs no form. */
const department = 'department';

function fieldWarnings({ when }: Rule, path: DeskProblem['path'], desk: Desk): DeskProblem[] {
  return Object.entries(when.field ?? {}).flatMap(([field, values]) => {
    const asked = desk.workflows.flatMap(({ form }) => form.filter(({ id }) => id === field));
    const at = [...path, 'when', 'field', field];
    if (asked.length === 0) {
      return field === department
        ? []
        : [
            {
              path: at,
              message: `no workflow’s form has the field "${field}", so Patchbay’s own AI never fills it`,
            },
          ];
    }
    if (field === department || asked.some(({ type }) => type !== 'choice')) return [];
    const options = new Set(asked.flatMap(({ options }) => (options ?? []).map(plainValue)));
    return values
      .filter((value) => !options.has(plainValue(value)))
      .map((value) => ({ path: at, message: `"${value}" is none of the options of the field "${field}"` }));
  });
}

function groupWarnings({ id, numbers }: Group, path: DeskProblem['path']): DeskProblem[] {
  const members = numbers.map((member) => (typeof member === 'string' ? { number: member } : member));
  const isAgain = ({ number }: { number: string }, position: number): boolean =>
    members.findIndex((member) => member.number === number) < position;
  return [
    ...members.flatMap((member, position) =>
      isAgain(member, position)
        ? [
            {
              path: [...path, 'numbers', position],
              message: `${member.number} is in the group twice and counts once`,
            },
          ]
        : [],
    ),
    ...(members.every((member) => member.away)
      ? [{ path, message: `everybody of the group "${id}" is away, so its calls go to the static number` }]
      : []),
  ];
}
