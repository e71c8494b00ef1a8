/** Who is rung, in order: "+14165550001 and +14165550002, then +14165551234". @param together those rung at once */
export function ringWords(destinations: readonly string[], together: readonly string[]): string {
  const others = destinations.filter((number) => !together.includes(number));
  const rounds = [...(together.length === 0 ? [] : [together.join(' and ')]), ...others];
  return rounds.join(', then ');
}
