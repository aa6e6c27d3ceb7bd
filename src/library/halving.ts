/** Finding where a verdict changes between two values of an ordered list, with as few tries as possible. */

export type Judgement = 'good' | 'bad' | 'untestable';

export interface Tried {
  value: string;
  judgement: Judgement;
}

export type Halved<T extends Tried> =
  /** Neighbours, but for what could not be tested between them. */
  | { found: true; good: T; bad: T; between: string[] }
  /** The ends are not as they were said to be. */
  | { found: false; good: T; bad: T | undefined };

/**
 * Halves `values`, the first of which is good and the last bad. Both ends are tried first; what can't be tested is
 * stepped around.
 */
export async function halve<T extends Tried>(
  values: readonly string[],
  attempt: (value: string) => Promise<T>,
): Promise<Halved<T>> {
  let good = await attempt(values[0] ?? '');
  if (good.judgement !== 'good') return { found: false, good, bad: undefined };
  let bad = await attempt(values.at(-1) ?? '');
  if (bad.judgement !== 'bad') return { found: false, good, bad };
  let between = values.slice(1, -1);
  const untestable = new Set<string>();
  for (;;) {
    const next = nearestToMiddle(between, untestable);
    if (next === undefined) return { found: true, good, bad, between };
    const tried = await attempt(next);
    const at = between.indexOf(next);
    if (tried.judgement === 'untestable') untestable.add(next);
    else if (tried.judgement === 'good') [good, between] = [tried, between.slice(at + 1)];
    else [bad, between] = [tried, between.slice(0, at)];
  }
}

/** The one of the middle that can be tested, else the nearest to it. */
function nearestToMiddle(values: readonly string[], untestable: ReadonlySet<string>): string | undefined {
  const middle = (values.length - 1) / 2;
  const distance = (value: string): number => Math.abs(values.indexOf(value) - middle);
  return values.filter((value) => !untestable.has(value)).toSorted((a, b) => distance(a) - distance(b))[0];
}
