/** The cases of each file on its own: what is wrong with one keeps none of the others from running. */
import { ScenarioError, type Problem } from '../errors';
import type { CaseRef } from '../events';
import { findFiles } from '../scenario/find';
import { load } from './load';
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

export interface CasesRequest extends Pick<PlanRequest, 'etcd' | 'defaultEtcd'> {
  paths: readonly string[];
  /** What relative paths and case ids are relative to. */
  cwd: string;
  /** A tag expression such as `recovery and not slow`. */
  tag?: string;
}

/** The files that are meant, each with its cases or its problems. Throws UsageError for a path or tag that is none. */
export function casesOf(request: CasesRequest): FileOfCases[] {
  return findFiles(request.paths, request.cwd).map(({ path, shownAs }) => {
    try {
      return { path, shownAs, problems: [], cases: casesIn(path, request) };
    } catch (thrown) {
      if (thrown instanceof ScenarioError) return { path, shownAs, problems: thrown.problems, cases: [] };
      throw thrown;
    }
  });
}

function casesIn(path: string, { cwd, tag, etcd, defaultEtcd }: CasesRequest): FoundCase[] {
  const { scenarios } = load({ paths: [path], cwd, tag });
  return plan(scenarios, { etcd, defaultEtcd }).map(({ ref, skip, scenario }) => {
    return { ref, skip, timeoutMs: scenario.timeoutMs };
  });
}
