const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = '  twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const scales: Record<string, number> = { hundred: 100, thousand: 1000, million: 1_000_000 };

function smallValue(word: string): { value: number; kind: 'unit' | 'teen' | 'ten' } | undefined {
  const unit = units.indexOf(word);
  if (unit >= 0) return { value: unit, kind: unit < 10 ? 'unit' : 'teen' };
  const ten = tens.indexOf(word === 'fourty' ? 'forty' : word);
  return ten >= 2 ? { value: ten * 10, kind: 'ten' } : undefined;
}

/** The hyphen of "twenty-five", and no other. */
const tensAndUnits =
  /\b((?:twen|thir|four|for|fif|six|seven|eigh|nine)ty)-(?=(?:one|two|three|four|five|six|seven|eight|nine)\b)/gi;

/**
 * Writes English number words as digits: "twenty-five" → "25", "two hundred and five" → "205", and leaves all else as it is.
 * Words that do not add up stay apart: "four one six" → "4 1 6".
 */
export function digitsForWords(text: string): string {
  const words = text.replaceAll(tensAndUnits, '$1 ').split(/(\s+)/);
  const out: string[] = [];
  let total = 0;
  let group: number | undefined;
  let last: 'unit' | 'teen' | 'ten' | 'hundred' | 'scale' | undefined;
  let pendingAnd: string[] = [];
  const flush = (): void => {
    if (group !== undefined || last === 'scale') out.push(String(total + (group ?? 0)));
    out.push(...pendingAnd);
    total = 0;
    group = undefined;
    last = undefined;
    pendingAnd = [];
  };
  for (const [index, piece] of words.entries()) {
    if (index % 2 === 1) {
      // Spaces between the words of one number are part of it.
      if (last === undefined) out.push(piece);
      else pendingAnd.push(piece);
      continue;
    }
    const [, word = '', tail = ''] = /^([a-z]+)([.,!?;:]*)$/i.exec(piece) ?? [];
    const low = word.toLowerCase();
    const small = smallValue(low);
    const scale = scales[low];
    if (small) {
      const adds =
        last === 'hundred' ||
        last === 'scale' ||
        (last === 'ten' && small.kind === 'unit' && small.value > 0);
      if (last !== undefined && !adds) flush();
      else pendingAnd = [];
      group = (group ?? 0) + small.value;
      last = small.kind;
    } else if (scale !== undefined && group !== undefined && last !== undefined) {
      pendingAnd = [];
      if (scale === 100) {
        group *= 100;
        last = 'hundred';
      } else {
        total += group * scale;
        group = undefined;
        last = 'scale';
      }
    } else if (
      low === 'and' &&
      tail === '' &&
      (last === 'hundred' || last === 'scale') &&
      smallValue(nextWord(words, index))
    ) {
      pendingAnd.push(piece);
      continue;
    } else {
      flush();
      out.push(piece);
      continue;
    }
    if (tail !== '') {
      flush();
      out.push(tail);
    }
  }
  flush();
  return out.join('');
}

function nextWord(words: readonly string[], index: number): string {
  return words[index + 2]?.toLowerCase().replace(/[^a-z]/g, '') ?? '';
}
