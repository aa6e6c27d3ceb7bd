/** What the parts of the loader share. */
import type { Problem } from '../errors';
import type { SourceFile } from '../source';
import type { MapNode } from './node';
import { MAX_PROBLEMS, problemAt } from './parse';

export interface LoadContext {
  source: SourceFile;
  /** The declared members; undefined where `members` itself is wrong: then nobody is called undeclared. */
  members: readonly string[] | undefined;
  problems: Problem[];
  /** What relative paths of the command line are relative to. */
  callerFolder: string;
  /** The results that steps before this one keep. */
  results: Set<string>;
  /** Every name of a result, those of steps side by side included. */
  kept: Set<string>;
  /** Whether `${repeat.index}` means something here. */
  inRepeat: boolean;
}

export function report(
  context: LoadContext,
  range: { start: number; end: number },
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
