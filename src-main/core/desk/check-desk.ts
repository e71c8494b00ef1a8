import { type Desk, integrationIdOf } from '../../../src-preload/contract/desk.ts';
import { refusalOf } from '../routing/public-address.ts';
import { placeProblem } from '../routing/public-holidays.ts';
import { regionProblem } from '../routing/regions.ts';
import type { Path } from './read-yaml.ts';

/** What is wrong between the parts of a desk, each of which is well-formed by itself. */
export interface DeskProblem {
  path: Path;
  message: string;
}

/** Checks references, things that must be there once only, and the addresses that Patchbay will call. */
export function problemsOf(desk: Desk): DeskProblem[] {
  return [
    ...repeats(desk),
    ...integrationReferences(desk),
    ...memberReferences(desk),
    ...workflowReferences(desk),
    ...handOverNumbers(desk),
    ...unknownPlaces(desk),
    ...refusedAddresses(desk),
  ];
}

function repeats(desk: Desk): DeskProblem[] {
  const found: DeskProblem[] = [];
  const once = <T>(
    items: readonly T[],
    at: (position: number) => Path,
    of: (item: T) => string | undefined,
    message: (value: string) => string,
  ): void => {
    const seen = new Set<string>();
    items.forEach((item, position) => {
      const value = of(item);
      if (value === undefined) return;
      if (seen.has(value)) found.push({ path: at(position), message: message(value) });
      seen.add(value);
    });
  };
  const idOf = ({ id }: { id: string }): string => id;
  const usedTwice = (what: string) => (value: string) =>
    `the ${what} "${value}" is used twice; choose another`;

  once(desk.integrations, (at) => ['integrations', at, 'id'], idOf, usedTwice('id'));
  once(
    desk.integrations,
    (at) => ['integrations', at, 'routerKey'],
    ({ routerKey }) => routerKey,
    () => 'this router key is used twice; remove it here, and Patchbay makes a new one',
  );
  once(desk.groups, (at) => ['groups', at, 'id'], idOf, usedTwice('id'));
  once(desk.schedules, (at) => ['schedules', at, 'id'], idOf, usedTwice('id'));
  once(desk.workflows, (at) => ['workflows', at, 'id'], idOf, usedTwice('id'));
  once(
    desk.workflows,
    (at) => ['workflows', at, 'number'],
    ({ number }) => number,
    (number) => `two workflows answer ${number}; give each its own number`,
  );
  once(
    desk.contacts,
    (at) => ['contacts', at, 'number'],
    ({ number }) => number,
    (number) => `two contacts have the number ${number}; make one of them`,
  );
  desk.workflows.forEach((workflow, at) => {
    const within = (...rest: Path): Path => ['workflows', at, ...rest];
    once(workflow.form, (field) => within('form', field, 'id'), idOf, usedTwice('id'));
    once(workflow.texts, (text) => within('texts', text, 'id'), idOf, usedTwice('id'));
    workflow.form.forEach(({ options }, field) => {
      once(
        options ?? [],
        (option) => within('form', field, 'options', option),
        (option) => option,
        (option) => `the option "${option}" is there twice; remove one`,
      );
    });
  });
  return found;
}

function integrationReferences(desk: Desk): DeskProblem[] {
  const groups = new Set(desk.groups.map(({ id }) => id));
  const schedules = new Set(desk.schedules.map(({ id }) => id));
  const workflows = new Set(desk.workflows.map(({ id }) => id));
  return desk.integrations.flatMap(({ dynamic }, at) =>
    (dynamic?.rules ?? []).flatMap(({ to, when }, position) => {
      const rule: Path = ['integrations', at, 'dynamic', 'rules', position];
      const found: DeskProblem[] = [];
      if (!to.startsWith('+') && !groups.has(to)) {
        found.push({ path: [...rule, 'to'], message: unknown('group', to, groups) });
      }
      if (when.schedule !== undefined && !schedules.has(when.schedule)) {
        found.push({
          path: [...rule, 'when', 'schedule'],
          message: unknown('schedule', when.schedule, schedules),
        });
      }
      const checkEach = (
        key: 'workflow' | 'callerRegion',
        problemOf: (value: string) => string | null,
      ): void => {
        const values = when[key] ?? [];
        values.forEach((value, at) => {
          const message = problemOf(value);
          // One value may stand without a list around it.
          const path = [...rule, 'when', key, ...(values.length > 1 ? [at] : [])];
          if (message !== null) found.push({ path, message });
        });
      };
      checkEach('workflow', (id) => (workflows.has(id) ? null : unknown('workflow', id, workflows)));
      checkEach('callerRegion', regionProblem);
      return found;
    }),
  );
}

function memberReferences(desk: Desk): DeskProblem[] {
  const schedules = new Set(desk.schedules.map(({ id }) => id));
  return desk.groups.flatMap(({ numbers }, at) =>
    numbers.flatMap((member, position) => {
      const schedule = typeof member === 'string' ? undefined : member.schedule;
      if (schedule === undefined || schedules.has(schedule)) return [];
      const path = ['groups', at, 'numbers', position, 'schedule'];
      return [{ path, message: unknown('schedule', schedule, schedules) }];
    }),
  );
}

function unknownPlaces({ schedules }: Desk): DeskProblem[] {
  return schedules.flatMap(({ holidays }, at) => {
    const problem = holidays === undefined ? null : placeProblem(holidays);
    return problem === null
      ? []
      : [{ path: ['schedules', at, 'holidays', problem.key], message: problem.says }];
  });
}

function workflowReferences(desk: Desk): DeskProblem[] {
  const integrations = new Set(desk.integrations.map(({ id }) => id));
  return desk.workflows.flatMap((workflow, at) => {
    const integrationId = integrationIdOf(workflow);
    if (integrations.has(integrationId)) return [];
    const path: Path =
      workflow.metadata === undefined
        ? ['workflows', at, 'integration']
        : ['workflows', at, 'metadata', 'integration'];
    return [{ path, message: unknown('integration', integrationId, integrations) }];
  });
}

/** A platform's call that can't be told from any other is answered by the number's own workflow, which also takes messages. */
function handOverNumbers({ integrations, workflows }: Desk): DeskProblem[] {
  const answered = new Set(workflows.map(({ number }) => number));
  return integrations.flatMap(({ handOverNumber, staticNumber, platformNumber }, at) => {
    if (handOverNumber === undefined) return [];
    const refuse = (key: string, message: string) => [{ path: ['integrations', at, key], message }];
    if (!answered.has(handOverNumber)) {
      return refuse(
        'handOverNumber',
        `no workflow has the number ${handOverNumber}; a call there that no platform was told to make would reach nobody, so set it as the "number" of one of the workflows`,
      );
    }
    if (handOverNumber === staticNumber) {
      return refuse(
        'handOverNumber',
        'this is the static number too, which must be a human’s; choose another',
      );
    }
    if (handOverNumber === platformNumber) {
      return refuse(
        'platformNumber',
        'this is the hand-over number too; give the number that the platform’s own callers dial',
      );
    }
    return [];
  });
}

function unknown(what: string, id: string, known: ReadonlySet<string>): string {
  const some = [...known].slice(0, 5).map((candidate) => `"${candidate}"`);
  const remedy =
    some.length === 0
      ? `add one under "${what}s"`
      : `the desk file has ${some.join(', ')}${known.size > 5 ? ', …' : ''}`;
  return `there is no ${what} "${id}"; ${remedy}`;
}

function refusedAddresses(desk: Desk): DeskProblem[] {
  const found: DeskProblem[] = [];
  const check = (path: Path, url: string | undefined): void => {
    const refusal = url === undefined ? null : refusalOf(url);
    if (refusal !== null) found.push({ path, message: refusal });
  };
  desk.integrations.forEach(({ dynamic }, at) => {
    check(['integrations', at, 'dynamic', 'webhook'], dynamic?.webhook);
  });
  desk.workflows.forEach(({ afterCallWebhook }, at) => {
    check(['workflows', at, 'afterCallWebhook'], afterCallWebhook);
  });
  return found;
}
