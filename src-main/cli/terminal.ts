import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './command.ts';

/** Asks on the terminal; without one the answer is no, as nobody agreed. */
export async function confirmIn(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    process.stderr.write(`${question} Nobody is there to say so; --yes goes on without asking.\n`);
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

/** A secret typed without an echo, or the first line of what is piped in. @throws UsageError when there is none. */
export async function secretFrom(question: string): Promise<string> {
  const isTyped = process.stdin.isTTY === true;
  if (isTyped) process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: isTyped });
  try {
    for await (const line of lines) {
      const secret = line.trim();
      if (secret !== '') return secret;
    }
    throw new UsageError('nothing was entered');
  } finally {
    lines.close();
    if (isTyped) process.stderr.write('\n');
  }
}
