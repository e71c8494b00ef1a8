import type { z } from 'zod';
import { type Desk, deskSchema } from '../../../src-preload/contract/desk.ts';
import { messageOf } from '../errors.ts';
import { type DeskProblem, problemsOf } from './check-desk.ts';
import { warningsOf } from './desk-warnings.ts';
import { explainIssue } from './explain-issue.ts';
import { type Path, readYaml, type YamlReading } from './read-yaml.ts';

/** Longer than any desk; what is longer is not even looked at. */
const longestFile = 5_000_000;
/** Nobody reads more at once, and mending some often mends the rest. */
const mostProblems = 50;

/** A desk file that can't be applied. The message has one line a problem: "key (line N): what is wrong, how to mend it". */
export class DeskFileError extends Error {
  override readonly name = 'DeskFileError';
  readonly problems: { key: string; line: number | null; message: string }[];

  constructor(problems: { key: string; line: number | null; message: string }[], options?: ErrorOptions) {
    super(problems.map(sentenceOf).join('\n'), options);
    this.problems = problems;
  }
}

/**
 * Reads a desk file (YAML, version 1) and checks all of it: syntax, shape, references and the addresses it names.
 * `warnings` name what in the file does not do what it seems to, in the form of the errors.
 * @throws DeskFileError, and nothing else whatever the text.
 */
export function parseDeskFile(yaml: string): { desk: Desk; warnings: string[] } {
  if (yaml.length > longestFile) {
    throw refused(
      [],
      null,
      `is longer than ${longestFile / 1_000_000} million characters; a desk file is not`,
    );
  }
  const reading = read(yaml);
  if (reading.problems.length > 0) {
    throw errorOf(reading.problems.map(({ path, line, message }) => ({ key: keyOf(path), line, message })));
  }
  if (reading.value === null || typeof reading.value !== 'object') {
    throw refused([], 1, 'holds no desk; start it with "patchbay: 1"');
  }
  const parsed = shape(reading.value);
  if (!parsed.success) {
    throw errorOf(
      located(
        parsed.error.issues.flatMap((issue) => explainIssue(issue, reading)),
        reading,
      ),
    );
  }
  const problems = problemsOf(parsed.data);
  if (problems.length > 0) throw errorOf(located(problems, reading));
  return { desk: parsed.data, warnings: located(warningsOf(parsed.data), reading).map(sentenceOf) };
}

/** "integrations[0].ring.seconds" for a path; the file as a whole is "desk file". */
export function keyOf(path: Path): string {
  const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return key === '' ? 'desk file' : key.replace(/^\./, '');
}

function read(yaml: string): YamlReading {
  try {
    return readYaml(yaml);
  } catch (error) {
    const what =
      error instanceof RangeError ? 'is nested too deeply' : `can’t be read as YAML: ${messageOf(error)}`;
    throw refused([], null, what, { cause: error });
  }
}

function shape(value: unknown): z.ZodSafeParseResult<Desk> {
  try {
    return deskSchema.safeParse(value);
  } catch (error) {
    throw refused([], null, `can’t be checked: ${messageOf(error)}`, { cause: error });
  }
}

function located(problems: readonly DeskProblem[], reading: YamlReading): DeskFileError['problems'] {
  return problems.map(({ path, message }) => ({ key: keyOf(path), line: reading.lineOf(path), message }));
}

function errorOf(problems: DeskFileError['problems']): DeskFileError {
  const shown = problems.slice(0, mostProblems);
  const more = problems.length - shown.length;
  if (more > 0) shown.push({ key: 'desk file', line: null, message: `and ${more} more like these` });
  return new DeskFileError(shown);
}

function refused(path: Path, line: number | null, message: string, options?: ErrorOptions): DeskFileError {
  return new DeskFileError([{ key: keyOf(path), line, message }], options);
}

function sentenceOf({ key, line, message }: DeskFileError['problems'][number]): string {
  return `${key}${line === null ? '' : ` (line ${line})`}: ${message}`;
}
