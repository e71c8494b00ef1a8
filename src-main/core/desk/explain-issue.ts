import type { z } from 'zod';
import type { DeskProblem } from './check-desk.ts';
import type { Path, YamlReading } from './read-yaml.ts';

type Issue = z.core.$ZodIssue;

/** Puts what the schema found into words for the person who wrote the file: what is wrong, and how to mend it. */
export function explainIssue(issue: Issue, reading: YamlReading, within: Path = []): DeskProblem[] {
  const path = [...within, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: 'is not a key that belongs here; correct its spelling or remove it',
      }));
    case 'invalid_union': {
      const branch = closestBranch(issue.errors);
      // A union that has its own words says more than any of its branches.
      if (branch === undefined || !issue.message.startsWith('Invalid input')) {
        return [{ path, message: issue.message }];
      }
      return branch.flatMap((inner) => explainIssue(inner, reading, path));
    }
    case 'invalid_type':
      return [{ path, message: explainType(issue.expected, reading.valueAt(path), issue.message) }];
    case 'invalid_value':
      if (reading.valueAt(path) === undefined) return [{ path, message: 'is missing; add it' }];
      return [
        {
          path,
          message: issue.message.startsWith('Invalid')
            ? `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
            : issue.message,
        },
      ];
    case 'invalid_key':
      return [{ path, message: 'is not a key that belongs here; correct its spelling or remove it' }];
    case 'too_small':
      return [{ path, message: explainBound(issue, `at least ${issue.minimum}`) }];
    case 'too_big':
      return [{ path, message: explainBound(issue, `at most ${issue.maximum}`) }];
    default:
      return [{ path, message: issue.message }];
  }
}

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a set of keys and values',
  record: 'a set of keys and values',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

function explainType(expected: string, value: unknown, message: string): string {
  if (value === undefined) return 'is missing; add it';
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return 'must be text; put it in quotes';
  }
  if (!message.startsWith('Invalid input')) return message;
  const noun = nouns[expected] ?? expected;
  return value === null ? `is empty; it must be ${noun}` : `must be ${noun}`;
}

function explainBound(issue: { origin: string; message: string }, bound: string): string {
  if (!/^(Too|Invalid)/.test(issue.message)) return issue.message;
  switch (issue.origin) {
    case 'array':
    case 'set':
      return `must have ${bound} ${bound.endsWith(' 1') ? 'entry' : 'entries'}`;
    case 'string':
      return `must have ${bound} characters`;
    default:
      return `must be ${bound}`;
  }
}

/** The branch of a union that the value was most likely meant for: the one that got furthest into it. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fits = branches.filter(
    ([first]) => first !== undefined && !(first.code === 'invalid_type' && first.path.length === 0),
  );
  return fits.toSorted((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0] ?? branches[0];
}
