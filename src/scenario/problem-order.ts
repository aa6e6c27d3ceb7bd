/** The problems of a file as they are told: in its order, each once. */
import type { Problem } from '../errors';
import type { Place } from '../source';
import { MAX_PROBLEMS } from './parse';

/**
 * In the order of the file, each once: what stands behind an alias or in a part is checked wherever it is used, and in
 * each combination of a matrix. A name that is unknown says all about its scalar. Problems of a part stand where it is
 * used.
 */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const placeOf = ({ place }: Problem): string => `${place.file}:${place.line}:${place.column}`;
  const unknown = new Set(problems.filter(({ rule }) => rule === 'unknown-name').map(placeOf));
  const byText = new Map<string, Problem>();
  for (const problem of problems) {
    if (problem.rule !== 'unknown-name' && unknown.has(placeOf(problem))) continue;
    const key = `${placeOf(problem)} ${problem.message}`;
    if (!byText.has(key)) byText.set(key, problem);
  }
  const sorted = [...byText.values()].toSorted(byPlace);
  if (sorted.length < MAX_PROBLEMS) return sorted;
  const [last] = sorted.slice(MAX_PROBLEMS - 1);
  const message = `there may be more problems; these are the first ${MAX_PROBLEMS}`;
  const more: Problem[] = last ? [{ rule: 'too-many', severity: 'error', place: last.place, message }] : [];
  return [...sorted.slice(0, MAX_PROBLEMS), ...more];
}

/** By the place in the scenario's own file: of a problem in a part that is where it is used. */
export function byPlace(a: Problem, b: Problem): number {
  const [own, other] = [anchorOf(a), anchorOf(b)];
  return own.line - other.line || own.column - other.column || compare(a.place, b.place);
}

function anchorOf({ place, usedAt = [] }: Problem): Place {
  return usedAt.at(-1) ?? place;
}

function compare(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column;
}
