/** Everything that can be known about drills without an engine: which cases they make, and every problem of every file. */
import { ScenarioError, type Problem } from '../errors';
import { outsideProblems } from '../run/outside';
import type { PlannedCase } from '../run/plan';
import type { Scenario } from '../scenario/scenario';
import { readDrills, type LoadRequest } from './load';
import { byPlace } from '../scenario/problem-order';
import { planWith, type PlanRequest } from './plan';

export interface CheckedDrills {
  scenarios: Scenario[];
  cases: PlannedCase[];
  /** Errors and warnings, file by file, in the order of each. */
  problems: Problem[];
  /** How many files were read. */
  files: number;
  /** What should be said about the choice, such as that the shipped drills are used. */
  remarks: string[];
  /** Why there is no case, where files have scenarios and none fits. */
  noneFits?: string;
}

/** Reads and follows drills. Throws UsageError for a path, tag expression or variable that is none. */
export async function check(request: LoadRequest & PlanRequest): Promise<CheckedDrills> {
  const { scenarios, problems: ofShape, files, remarks, noneFits } = readDrills(request);
  const { cases, problems: ofSense } = planWith(scenarios, request);
  const ofOutside = await outsideProblems(cases);
  return { scenarios, cases, problems: fileByFile([...ofShape, ...ofSense, ...ofOutside]), files, remarks, noneFits };
}

/** Throws ScenarioError with all problems where one of them is an error. */
export function refuseErrors(problems: readonly Problem[]): void {
  if (problems.some(({ severity }) => severity === 'error')) throw new ScenarioError([...problems]);
}

function fileByFile(problems: readonly Problem[]): Problem[] {
  const byFile = new Map<string, Problem[]>();
  for (const problem of problems) {
    const { file } = problem.place;
    byFile.set(file, [...(byFile.get(file) ?? []), problem]);
  }
  return [...byFile.keys()].toSorted().flatMap((file) => (byFile.get(file) ?? []).toSorted(byPlace));
}
