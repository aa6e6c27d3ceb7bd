/** How `validate` tells what it found: for people, for programs, for GitHub Actions. */
import { plural } from '../plural';
import type { Problem } from '../errors';
import { problemAnnotation } from '../report/annotation';
import { formatProblems, type ProblemColors } from '../problems';

type Format = (problems: readonly Problem[], files: number, colors?: ProblemColors) => string;

export const PROBLEM_FORMATS: Readonly<Record<'text' | 'json' | 'github', Format>> = {
  text: (problems, files, colors) =>
    problems.length > 0 ? formatProblems(problems, colors) : `${plural(files, 'file')}, no problems\n`,
  json: (problems) => `${JSON.stringify(problems.map(plain), null, 2)}\n`,
  github: (problems) => problems.map(problemAnnotation).join(''),
};

/** A problem as programs read it: flat, its keys in a fixed order; a key without a value is left out. Keys are only added. */
function plain({ rule, severity, place, usedAt, message, hint, page, frame }: Problem): Record<string, unknown> {
  const { file, line, column, endColumn } = place;
  return { rule, severity, file, line, column, endColumn, usedAt, message, hint, page, frame };
}
