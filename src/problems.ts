import { asError, EnvironmentError, ScenarioError, type Problem } from './errors';
import { plural } from './plural';
import { formatPlace, stripControl } from './source';

/** Problems for people: place, message, source line with a caret, hint, and where to read on. */
export function formatProblems(problems: readonly Problem[]): string {
  const told = problems.map(({ severity, place, usedAt = [], message, frame, hint, page }) =>
    [
      `${formatPlace(place)}: ${severity === 'warning' ? 'warning: ' : ''}${message}`,
      ...(frame === undefined ? [] : [indent(frame)]),
      ...usedAt.map((one) => `  used at ${formatPlace(one)}`),
      ...(hint === undefined ? [] : [`  = ${hint}`]),
      ...(page === undefined ? [] : [`  = see \`${page}\``]),
      '',
    ].join('\n'),
  );
  return stripControl([...told, `${counted(problems)}`, ''].join('\n'));
}

/** What was thrown, for people: the problems of files with their places, a cure where there is one. */
export function messageOfError(thrown: unknown): string {
  if (thrown instanceof ScenarioError) return formatProblems(thrown.problems).trimEnd();
  if (thrown instanceof EnvironmentError) return [thrown.message, ...(thrown.cure ? [thrown.cure] : [])].join('\n');
  return asError(thrown).message;
}

/** `2 problems; nothing was started`, `1 error and 2 warnings; nothing was started`, `1 warning`. */
function counted(problems: readonly Problem[]): string {
  const { errors, warnings } = countProblems(problems);
  if (warnings === 0) return `${plural(errors, 'problem')}; nothing was started`;
  if (errors === 0) return plural(warnings, 'warning');
  return `${plural(errors, 'error')} and ${plural(warnings, 'warning')}; nothing was started`;
}

export function countProblems(problems: readonly Problem[]): { errors: number; warnings: number } {
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  return { errors: problems.length - warnings, warnings };
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
