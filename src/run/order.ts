/** In which order cases start: the longest first, so that none is left running alone at the end. */
import { allSteps, runsWith } from '../scenario/scenario';
import type { PlannedCase } from './plan';

/**
 * About how long these steps take beside all others, in seconds: etcd itself makes them wait. A member change wants
 * every peer to have been up for five seconds (etcd-facts.md 0b.8), a swap of version moves the cluster's version up to
 * five seconds later (incidents.md, section 3).
 */
const WAITS_S: Readonly<Record<string, number>> = {
  'member-add': 5,
  'member-remove': 2,
  'member-promote': 2,
  upgrade: 8,
  downgrade: 12,
  during: 5,
};
const OTHER_S = 0.5;

/** The cases, the longest first; alike ones stay in their order. */
export function longestFirst(cases: readonly PlannedCase[]): PlannedCase[] {
  const seconds = new Map(cases.map((planned) => [planned, estimateS(planned)]));
  return cases.toSorted((a, b) => (seconds.get(b) ?? 0) - (seconds.get(a) ?? 0));
}

function estimateS({ scenario, version, skip }: PlannedCase): number {
  if (skip !== undefined) return 0;
  const steps = allSteps(scenario.steps, (step) => runsWith(step, version));
  return steps.reduce((sum, { step }) => sum + (WAITS_S[step.name] ?? OTHER_S), 0);
}
