/** How `validate` tells what it found: for people, for programs, for GitHub Actions. */
import { plural } from '../plural';
import { UsageError } from '../errors';
import type { Problem } from '../errors';
import { nearest } from '../match';
import { problemAnnotation } from '../report/github';
import { formatProblems } from '../problems';

type Format = (problems: readonly Problem[], files: number) => string;

const FORMATS: Readonly<Record<string, Format>> = {
  text: (problems, files) =>
    problems.length > 0 ? formatProblems(problems) : `${plural(files, 'file')}, no problems\n`,
  json: (problems) => `${JSON.stringify(problems.map(plain), null, 2)}\n`,
  github: (problems) => problems.map(problemAnnotation).join(''),
};

/** The format of this name. Throws UsageError where there is none. */
export function problemFormat(name: string): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format) return format;
  const names = Object.keys(FORMATS);
  const near = nearest(name, names);
  throw new UsageError(
    `--format takes ${names.join(', ')}, not "${name}"${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
}

/** A problem as programs read it: flat, its keys in a fixed order; a key without a value is left out. Keys are only added. */
function plain({ rule, severity, place, usedAt, message, hint, page, frame }: Problem): Record<string, unknown> {
  const { file, line, column, endColumn } = place;
  return { rule, severity, file, line, column, endColumn, usedAt, message, hint, page, frame };
}
