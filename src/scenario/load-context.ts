/** What the parts of the loader share. */
import type { Problem } from '../errors';
import type { Place, SourceFile } from '../source';
import type { KnownResults } from './known-results';
import type { MapNode, Node } from './node';
import type { Secret } from './variables';
import { MAX_PROBLEMS, problemAt } from './parse';

/** Steps of one file, with its parts and all combinations: a limit, so that hostile files end in a message. */
export const MAX_STEPS = 20_000;

/** A file that a `use` names. */
export interface PartFile {
  source: SourceFile;
  /** Undefined where it is no YAML: the problems say so. */
  root: Node | undefined;
  problems: Problem[];
}

/** A file on the way from the scenario to the part that is being loaded. */
export interface UsedFile {
  /** Absolute. */
  path: string;
  shownAs: string;
  /** Where it is used; undefined for the scenario itself. */
  usedAt?: Place;
}

export interface LoadContext {
  source: SourceFile;
  /** The declared members; undefined where `members` itself is wrong: then nobody is called undeclared. */
  members: readonly string[] | undefined;
  problems: Problem[];
  /** What relative paths of the command line are relative to. */
  callerFolder: string;
  /** The results that steps before this one keep. */
  results: KnownResults;
  /** Every name of a result, those of steps side by side included. */
  kept: Set<string>;
  /** The scenario's file, and the parts that lead to this one. */
  uses: readonly UsedFile[];
  /** Every part that was read, by its absolute path. */
  parts: Map<string, PartFile>;
  /** How many steps may still be loaded, all combinations of the matrix together. */
  budget: { steps: number };
  /** The secret variables of the scenario and of its parts; filled while they are loaded. */
  secrets: Secret[];
  /** Whether `${repeat.index}` means something here. */
  inRepeat: boolean;
}

export function report(
  context: LoadContext,
  range: { start: number; end: number; source?: SourceFile },
  rule: string,
  message: string,
  hint?: string,
): void {
  if (!isFull(context)) context.problems.push(problemAt(context.source, range, rule, message, hint));
}

/** True where more problems were found than anyone reads. */
export function isFull({ problems }: LoadContext): boolean {
  return problems.length >= MAX_PROBLEMS;
}

/** Where a key stands; the map itself where it has none of this name. */
export function keyOf(node: MapNode, key: string): { start: number; end: number } {
  return node.entries.find((entry) => entry.key.text === key)?.key ?? node;
}

/** The places of the `use`s that lead to a step, the nearest first; empty in the scenario's own file. */
export function usedAtOf({ uses }: LoadContext): Place[] {
  return uses.flatMap(({ usedAt }) => usedAt ?? []).toReversed();
}
