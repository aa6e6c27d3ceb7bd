/** Texts as `expectError` and `log` match them: line by line, white space normalised, case ignored, any of several. */

export type TextPattern = string | { matches: string };

export interface TextMatcher {
  /** For messages: `"member count is unequal" or /a.*b/`. */
  readonly description: string;
  matches(text: string): boolean;
}

/**
 * A matcher that holds when any of the patterns does; a match never spans two lines. Throws SyntaxError where a
 * `matches` is no regular expression.
 */
export function textMatcher(patterns: TextPattern | TextPattern[]): TextMatcher {
  const list = Array.isArray(patterns) ? patterns : [patterns];
  const tests = list.map((pattern) => (typeof pattern === 'string' ? containing(pattern) : matching(pattern.matches)));
  return {
    description: list.map((p) => (typeof p === 'string' ? `"${p}"` : `/${p.matches}/`)).join(' or '),
    matches: (text) => text.split('\n').some((line) => tests.some((test) => test(line))),
  };
}

/** One blank for each run of white space, lower case. */
export function normalise(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase();
}

function containing(pattern: string): (text: string) => boolean {
  const wanted = normalise(pattern);
  return (text) => normalise(text).includes(wanted);
}

function matching(pattern: string): (text: string) => boolean {
  const expression = new RegExp(pattern, 'i');
  return (text) => expression.test(text.replace(/\s+/g, ' '));
}

/** Names are compared up to here; a longer one is nobody's misspelling. */
const LONGEST_NAME = 60;

/** The name among `candidates` that is meant, if one is near enough; else undefined. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor((name.length + 1) / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours between two texts. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(value);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
