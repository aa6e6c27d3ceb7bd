/** What was found with each version and combination of a file, as one list. */
import type { Problem } from '../errors';
import { byPlace } from '../scenario/problem-order';
import { formatPlace } from '../source';
import { minorOf } from '../version';

/** `always` does not depend on the version. In the order of the file, each once; one that only some of the versions have says which. */
export function mergeProblems(
  followed: readonly { version: string; problems: readonly Problem[] }[],
  always: readonly Problem[],
): Problem[] {
  const all = new Set(followed.map(({ version }) => version));
  const found = new Map<string, { problem: Problem; versions: Set<string> }>();
  for (const { version, problems } of [...followed, ...[...all].map((version) => ({ version, problems: always }))]) {
    for (const problem of problems) {
      const key = `${formatPlace(problem.place)} ${problem.rule} ${problem.message}`;
      const same = found.get(key) ?? { problem, versions: new Set() };
      same.versions.add(version);
      found.set(key, same);
    }
  }
  const named = [...found.values()].map(({ problem, versions }) =>
    versions.size === all.size ? problem : withVersions(problem, [...versions]),
  );
  return named.toSorted(byPlace);
}

function withVersions(problem: Problem, versions: readonly string[]): Problem {
  const [only = ''] = versions;
  if (versions.length === 1 && problem.message.includes(`etcd ${minorOf(only)}`)) return problem;
  return { ...problem, message: `with etcd ${versions.join(', ')}: ${problem.message}` };
}
