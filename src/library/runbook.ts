/** One drill for one version, as a document or a script; no engine needed. */
import { ScenarioError, UsageError } from '../errors';
import type { PlannedCase } from '../run/plan';
import { runbookMarkdown } from '../runbook/markdown';
import { drillScript } from '../runbook/script/script';
import { load } from './load';
import { plan } from './plan';

export interface RunbookRequest {
  /** A file, or `FILE:LINE`: exactly one drill. */
  path: string;
  cwd: string;
  variables?: Readonly<Record<string, string>>;
  variableFiles?: readonly string[];
  etcd?: readonly string[];
  defaultEtcd?: readonly string[];
  format: 'md' | 'sh';
}

export interface Runbook {
  text: string;
  /** What should be said about the choice. */
  remarks: string[];
}

/** Throws ScenarioError for a wrong file, UsageError where it is not one drill that can run. */
export async function runbook(request: RunbookRequest): Promise<Runbook> {
  const { path, cwd, variables, variableFiles, etcd, defaultEtcd } = request;
  const { scenarios } = load({ paths: [path], cwd, variables, variableFiles, slow: true });
  const places = new Set(scenarios.map(({ place }) => `${place.file}:${place.line}`));
  if (places.size > 1) {
    throw new UsageError(`a runbook is of one drill, and ${path} has ${places.size}: ${[...places].join(', ')}`);
  }
  const { chosen, remarks } = choose(plan(scenarios, { etcd, defaultEtcd }), path);
  if (request.format === 'md') return { text: runbookMarkdown(chosen), remarks };
  const { text, problems } = drillScript(chosen);
  if (problems.length > 0) throw new ScenarioError(problems);
  return { text, remarks };
}

/** The first that runs: a page that hedges between versions is of no use at three in the morning. */
function choose(cases: readonly PlannedCase[], path: string): { chosen: PlannedCase; remarks: string[] } {
  const [chosen, ...others] = cases.filter(({ skip }) => skip === undefined);
  if (!chosen) throw new UsageError(`${path}: ${cases[0]?.skip ?? 'there is no drill'}`);
  if (others.length === 0) return { chosen, remarks: [] };
  const rest = others.map(({ ref }) => ref.id).join(', ');
  return { chosen, remarks: [`this is ${chosen.ref.id}; there are ${rest} as well (--etcd, --var)`] };
}
