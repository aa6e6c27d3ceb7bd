/** How many cases of a soak run together: which scenarios, and how often. */

/** A scenario's file, and how many cases it has on the versions that are meant. */
export interface Countable {
  path: string;
  cases: number;
}

/** One run of the command line. */
export interface Batch {
  paths: string[];
  repeat: number;
  cases: number;
}

/** The reports of a batch are removed where it is green: more cases would fill the disk with logs. */
const MOST = 250;

/**
 * Batches with `wanted` cases at least: all scenarios as often as they fit, and then a part of them, in the given order.
 * Throws where there is no case.
 */
export function batchesOf(wanted: number, scenarios: readonly Countable[]): Batch[] {
  const able = scenarios.filter(({ cases }) => cases > 0);
  const perPass = able.reduce((sum, { cases }) => sum + cases, 0);
  if (perPass === 0) throw new Error('none of the scenarios has a case on these versions');
  const batches: Batch[] = [];
  const paths = able.map(({ path }) => path);
  let passes = Math.floor(wanted / perPass);
  const rest = wanted - passes * perPass;
  while (passes > 0) {
    const repeat = Math.min(passes, Math.max(1, Math.floor(MOST / perPass)));
    batches.push({ paths, repeat, cases: repeat * perPass });
    passes -= repeat;
  }
  const part: Batch = { paths: [], repeat: 1, cases: 0 };
  for (const { path, cases } of able) {
    if (part.cases >= rest) break;
    part.paths.push(path);
    part.cases += cases;
  }
  return part.cases > 0 ? [...batches, part] : batches;
}
