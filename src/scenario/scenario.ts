/** A drill as it was read: everything checked that can be checked without running it. */
import type { TextPattern } from '../match';
import type { Place, SourceFile } from '../source';
import type { NestedSteps } from '../steps/context';
import type { BoundStep, Step } from '../steps/step';
import type { KnownFailing } from './known-failing';
import type { MapNode, Node } from './node';
import type { Secret } from './variables';

export interface Scenario {
  source: SourceFile;
  /** Where the scenario begins, for reports. */
  place: Place;
  /** With the values of its combination, as far as the author's own name does not have them. */
  name: string;
  description: string;
  tags: string[];
  members: string[];
  /** The versions that it is for; undefined where the command line or the configuration decides. */
  etcd: string[] | undefined;
  requires: VersionCondition | undefined;
  /** Versions on which it has to fail. */
  knownFailing: KnownFailing[];
  flags: Record<string, string>;
  /** Where the flags stand, for problems that depend on the version. */
  flagsNode: Node | undefined;
  /** Who the runner's own clients are; undefined where the cluster has no authentication. */
  auth: { user: string; passwordEnv: string; at: Node } | undefined;
  /** For the whole scenario, in milliseconds; undefined where the configuration decides. */
  timeoutMs: number | undefined;
  /** The combination of its `matrix` that this is, in declared order; empty where it has none. */
  matrix: Record<string, string>;
  /** The names that `vars` declares. */
  variables: string[];
  /** The secret variables, those of its parts included. */
  secrets: Secret[];
  steps: LoadedStep[];
  onFailure: LoadedStep[];
  finally: LoadedStep[];
}

export interface VersionCondition {
  /** As written: `>=3.4`. */
  range: string;
  holds(version: string): boolean;
}

export interface Modifiers {
  name?: string;
  expectError?: TextPattern | TextPattern[];
  timeoutMs?: number;
  withinMs?: number;
  forMs?: number;
  as?: string;
  when?: VersionCondition;
}

/** What `${…}` may name while a scenario runs. */
export interface Scope {
  results: ReadonlyMap<string, unknown>;
  /** Results of steps that were skipped, with the reason: using one is an error. */
  skipped: ReadonlySet<string>;
  repeatIndex: number | undefined;
  /** The values of secret variables, by the environment variable that each comes from. */
  secrets?: ReadonlyMap<string, string>;
}

export interface LoadedStep {
  /** `3`, `finally.1`, nested `4.2`. */
  id: string;
  phase: 'steps' | 'onFailure' | 'finally';
  step: Step;
  source: SourceFile;
  /** Where the action's name stands. */
  place: Place;
  /** The places of the `use`s that lead to it, the nearest first; empty in the scenario's own file. */
  usedAt: Place[];
  /** The arguments, the short form spelt out. */
  args: Node;
  modifiers: Modifiers;
  /** The modifiers as they stand in the file. */
  beside: MapNode;
  /** The steps of a block; empty for any other step. */
  nested: LoadedStep[];
  /** The `expect` of a block that runs until it holds. */
  until?: LoadedStep;
  /** The step with its expressions replaced. Throws Unmet for a result that is not there, or does not fit. */
  bind(scope: Scope): BoundStep;
}

/** A block's steps as the block is given them. */
export function asNested(steps: LoadedStep[]): NestedSteps {
  return steps as unknown as NestedSteps;
}

/** The steps behind what a block was given. */
export function fromNested(nested: NestedSteps): LoadedStep[] {
  return nested as unknown as LoadedStep[];
}

/** Whether a step runs with a version: its `when` says. */
export function runsWith({ modifiers }: LoadedStep, version: string): boolean {
  return modifiers.when?.holds(version) ?? true;
}

/** All steps, those of blocks included, in the order of the file; what is not `wanted` with all that is in it left out. */
export function allSteps(
  steps: readonly LoadedStep[],
  wanted: (step: LoadedStep) => boolean = () => true,
): LoadedStep[] {
  const found: LoadedStep[] = [];
  const walk = (step: LoadedStep): void => {
    if (!wanted(step)) return;
    found.push(step);
    step.nested.forEach(walk);
    if (step.until) walk(step.until);
  };
  steps.forEach(walk);
  return found;
}
