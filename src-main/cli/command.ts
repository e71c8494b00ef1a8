import { readFile } from 'node:fs/promises';
import { ORPCError } from '@orpc/client';
import type { Verdict } from '../../src-preload/contract/problem.ts';
import type { Progress } from '../../src-preload/contract/progress.ts';
import { messageOf } from '../core/errors.ts';
import type { PatchbayClient } from './reach-core.ts';
import type { RouteFlags } from './route-question.ts';

/** What a command is given, and how it talks. */
export interface CommandCall {
  client: PatchbayClient;
  /** Whether Patchbay is at work in another process. */
  isRunning: boolean;
  /** What stands after the command's words. */
  args: readonly string[];
  flags: Flags;
  print(line: string): void;
  /** Asks yes or no; yes without asking with --yes, no where there is nobody to ask. */
  confirm(question: string): Promise<boolean>;
  /** Reads a secret from the terminal, unseen, or from stdin: never from the arguments, which every process can read. */
  secret(question: string): Promise<string>;
}

export interface Flags {
  json: boolean;
  yes: boolean;
  integration: string | undefined;
  lineType: boolean;
  seconds: number | undefined;
  /** How many of the newest. */
  last: number | undefined;
  /** A file with an exported log. */
  log: string | undefined;
  /** What "route" alone takes; `call`: a decision that was made. */
  route: RouteFlags & { call?: string | undefined };
}

/** Nothing typed beside the words. */
export const noFlags: Flags = {
  json: false,
  yes: false,
  integration: undefined,
  lineType: false,
  seconds: undefined,
  last: undefined,
  log: undefined,
  route: {},
};

export interface Command {
  /** The words that call it, like "net status". */
  words: string;
  /** What may follow, like "NUMBER WORKFLOW". */
  takes?: string;
  about: string;
  /** @returns the exit code. */
  run(call: CommandCall): Promise<number>;
}

/** What was typed can't be used; the message says what to type. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The first words after the command. @throws UsageError when one is missing or too many are there. */
export function argsOf(
  command: Command,
  args: readonly string[],
  least: number,
  most = least,
): readonly string[] {
  if (args.length >= least && args.length <= most) return args;
  throw new UsageError(`patchbay ${command.words} takes ${command.takes ?? 'nothing more'}`);
}

/** "ok      Credentials: the sentence", with what mends it below. */
export function verdictLines(
  verdict: Verdict,
  title: string,
  says: string,
  remedy?: string | null,
  link?: string | null,
): string[] {
  const indent = ' '.repeat(9);
  return [
    `${verdict.padEnd(8)} ${title}: ${says}`,
    ...(remedy ? [`${indent}→ ${remedy}`] : []),
    ...(link && verdict !== 'ok' ? [`${indent}  ${link}`] : []),
  ];
}

/** Prints the steps as they come. @returns the result. */
export async function followed<T>(
  print: (line: string) => void,
  steps: AsyncIterable<Progress<T>>,
): Promise<T> {
  for await (const step of steps) {
    if (step.kind === 'done') return step.result;
    print(`… ${step.says}`);
  }
  throw new Error('Patchbay ended the work without a result');
}

/** @throws UsageError when it can’t be read. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new UsageError(`${file} can’t be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** What is not there was mistyped. @throws UsageError in place of NOT_FOUND. */
export async function found<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof ORPCError && thrown.code === 'NOT_FOUND') throw new UsageError(thrown.message);
    throw thrown;
  }
}

/** A moment as the operator's machine writes it. */
export function moment(at: number | null): string {
  return at === null ? 'never' : new Date(at).toLocaleString();
}
