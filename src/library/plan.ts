/** From drills to cases. */
import { ScenarioError, UsageError } from '../errors';
import type { Scenario } from '../scenario/scenario';
import { planCases, type PlannedCase } from '../run/plan';
import { isFullVersion } from '../version';

/** What runs where nobody says which version: one recent version of one line, so that it is quick. */
export const DEFAULT_ETCD = '3.5.35';

export interface PlanRequest {
  /** Versions, as `--etcd` has them. */
  etcd?: readonly string[];
  /** Versions where neither the drill nor `etcd` says; the configuration's. */
  defaultEtcd?: readonly string[];
  /** How often each case runs. */
  repeat?: number;
  /**
   * Runs the drills on the versions of `etcd` whatever their own lists say, and takes a known failure for a failure:
   * for bisect.
   */
  probe?: boolean;
}

/** The cases of these drills. Throws ScenarioError for what is wrong with the versions that they would run. */
export function plan(scenarios: readonly Scenario[], request: PlanRequest): PlannedCase[] {
  const { cases, problems } = planWith(scenarios, request);
  if (problems.some(({ severity }) => severity === 'error')) throw new ScenarioError(problems);
  return cases;
}

/** The cases, and what is wrong or likely to be wrong with them. */
export function planWith(scenarios: readonly Scenario[], request: PlanRequest): ReturnType<typeof planCases> {
  refuseRequests([...(request.etcd ?? []), ...(request.defaultEtcd ?? [])]);
  return planCases(request.probe ? scenarios.map(asProbe) : scenarios, {
    etcd: request.etcd,
    defaultEtcd: request.defaultEtcd ?? [DEFAULT_ETCD],
    repeat: request.repeat ?? 1,
  });
}

/** The drill without what it says of versions itself. */
function asProbe(scenario: Scenario): Scenario {
  return { ...scenario, etcd: undefined, knownFailing: [] };
}

/** A line or a range is resolved before: see `versions.ts`. */
function refuseRequests(versions: readonly string[]): void {
  const request = versions.find((version) => !isFullVersion(version));
  if (request !== undefined)
    throw new UsageError(`"${request}" is no full etcd version, such as 3.5.35; this takes no other`);
}
