/** Problems of a loaded step: where it is written, and where it is used. */
import type { Problem } from '../errors';
import type { SourceFile } from '../source';
import { problemAt } from './parse';
import type { LoadedStep } from './scenario';

/** A problem at a range of the step's file. */
export function problemOf(
  { source, usedAt }: Pick<LoadedStep, 'source' | 'usedAt'>,
  range: { start: number; end: number; source?: SourceFile },
  rule: string,
  message: string,
  hint?: string,
): Problem {
  const problem = problemAt(source, range, rule, message, hint);
  return usedAt.length === 0 ? problem : { ...problem, usedAt };
}
