/** What operators call the words of a platform's AI about a call, in letters and digits alone, the likeliest name first. */
const reasonNames = [
  'reason',
  'transferreason',
  'handoffreason',
  'handoverreason',
  'callreason',
  'reasonforcall',
  'reasonforcalling',
];
const summaryNames = [
  'summary',
  'callsummary',
  'transfersummary',
  'conversationsummary',
  'handoffsummary',
  'handoversummary',
];

/** Why the caller is handed over, and what was said, where the fields of a platform tell. */
export function wordsIn(fields: Readonly<Record<string, string>>): { reason?: string; summary?: string } {
  const reason = valueNamed(reasonNames, fields);
  const summary = valueNamed(summaryNames, fields);
  return { ...(reason && { reason }), ...(summary && { summary }) };
}

function valueNamed(names: readonly string[], fields: Readonly<Record<string, string>>): string | undefined {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    const text = value.replaceAll(/\s+/g, ' ').trim();
    const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    if (text !== '' && !found.has(plain)) found.set(plain, text);
  }
  return names.map((name) => found.get(name)).find((text) => text !== undefined);
}
