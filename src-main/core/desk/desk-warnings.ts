import type { Desk, Rule } from '../../../src-preload/contract/desk.ts';
import { modelProviders } from '../receptionist/model-registry.ts';
import type { DeskProblem } from './check-desk.ts';

/**
 * The parts of a valid desk that are kept but not in force yet, so that the operator is never left to believe in a rule
 * that cannot match.
 */
export function warningsOf(desk: Desk): DeskProblem[] {
  return [
    ...desk.integrations.flatMap((integration, at) => [
      ...(integration.dynamic?.rules ?? []).flatMap((rule, position) =>
        ruleWarnings(rule, ['integrations', at, 'dynamic', 'rules', position], desk),
      ),
      ...notInForce(['integrations', at, 'ring', 'screen'], integration.ring.screen, 'screening'),
      ...notInForce(['integrations', at, 'ring', 'briefing'], integration.ring.briefing, 'the briefing'),
      ...integration.noAnswer.flatMap((step, position) =>
        notInForce(
          ['integrations', at, 'noAnswer', position],
          step === 'voicemail' || step === 'text',
          `"${step}"`,
        ),
      ),
    ]),
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
    ...desk.groups.map(({ id }, at) => ({
      path: ['groups', at],
      message: `groups are not in force yet; no call is led to "${id}"`,
    })),
    ...desk.schedules.map(({ id }, at) => ({
      path: ['schedules', at],
      message: `schedules are not in force yet; nothing follows "${id}"`,
    })),
  ];
}

function ruleWarnings({ name, to, when }: Rule, path: DeskProblem['path'], desk: Desk): DeskProblem[] {
  const never = `so the rule "${name}" never matches`;
  const found: DeskProblem[] = [];
  if (!to.startsWith('+')) {
    found.push({ path: [...path, 'to'], message: `groups are not in force yet, ${never}` });
  }
  if (when.schedule !== undefined) {
    found.push({ path: [...path, 'when', 'schedule'], message: `schedules are not in force yet, ${never}` });
  }
  for (const field of Object.keys(when.field ?? {})) {
    const asked = desk.workflows.some(({ form }) => form.some(({ id }) => id === field));
    found.push({
      path: [...path, 'when', 'field', field],
      message: `rules on form fields are not in force yet, ${never}${asked ? '' : `; besides, no workflow’s form has the field "${field}"`}`,
    });
  }
  return found;
}

function notInForce(path: DeskProblem['path'], isUsed: boolean, what: string): DeskProblem[] {
  return isUsed ? [{ path, message: `${what} is not in force yet and is left out` }] : [];
}
