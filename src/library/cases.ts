/** The cases of each file on its own: what is wrong with one keeps none of the others from running. */
import { ScenarioError, UsageError, type Problem } from '../errors';
import type { CaseRef } from '../events';
import { findFiles } from '../scenario/find';
import { unknownVariables, type VariableFile } from '../scenario/variable-file';
import { namesUnknown, readDrills, readVariableFiles, type LoadRequest } from './load';
import { plan, type PlanRequest } from './plan';

export interface FileOfCases {
  /** Absolute. */
  path: string;
  /** As people read it: relative to the root. */
  shownAs: string;
  /** What is wrong with it; empty where nothing is. */
  problems: Problem[];
  cases: FoundCase[];
}

export interface FoundCase {
  ref: CaseRef;
  /** Why it will not run; undefined where it will. */
  skip: string | undefined;
  /** The scenario's own deadline, in milliseconds. */
  timeoutMs: number | undefined;
}

export interface CasesRequest
  extends Pick<PlanRequest, 'etcd' | 'defaultEtcd'>, Pick<LoadRequest, 'cwd' | 'tag' | 'variables' | 'variableFiles'> {
  paths: readonly string[];
}

/**
 * The files that are meant, each with its cases or its problems. Throws UsageError for a path, tag or variable that is
 * none, ScenarioError for what is wrong with a file of variables.
 */
export function casesOf(request: CasesRequest): FileOfCases[] {
  const variableFiles = readVariableFiles(request);
  refuse(variableFiles.flatMap(({ problems }) => problems));
  const declared = new Set<string>();
  const files = findFiles(request.paths, request.cwd).map(({ path, shownAs }): FileOfCases => {
    try {
      return { path, shownAs, problems: [], cases: casesIn(path, { request, variableFiles, declared }) };
    } catch (thrown) {
      if (thrown instanceof ScenarioError) return { path, shownAs, problems: thrown.problems, cases: [] };
      throw thrown;
    }
  });
  // A variable may be declared in a file that could not be read.
  if (files.some(({ problems }) => problems.length > 0)) return files;
  const [unknown] = namesUnknown(request, declared);
  if (unknown) throw new UsageError(`vars.${unknown.name}: ${unknown.message}`);
  refuse(variableFiles.flatMap((file) => unknownVariables(file, declared)));
  return files;
}

function refuse(problems: Problem[]): void {
  if (problems.length > 0) throw new ScenarioError(problems);
}

function casesIn(
  path: string,
  about: { request: CasesRequest; variableFiles: VariableFile[]; declared: Set<string> },
): FoundCase[] {
  const { request, variableFiles, declared } = about;
  const drills = readDrills({ ...request, paths: [path], unknownVariables: 'left' }, variableFiles);
  drills.declared.forEach((name) => declared.add(name));
  refuse(drills.problems);
  return plan(drills.scenarios, request).map(({ ref, skip, scenario }) => {
    return { ref, skip, timeoutMs: scenario.timeoutMs };
  });
}
