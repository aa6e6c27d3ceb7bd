import { asError, EnvironmentError, ScenarioError, type Problem } from './errors';
import { plural } from './plural';
import { formatPlace, stripControl } from './source';

/** Colors of problems, as functions on text. */
export interface ProblemColors {
  /** The place in the file. */
  cyan: (text: string) => string;
  /** The message. */
  bold: (text: string) => string;
  /** The word `warning:`. */
  yellow: (text: string) => string;
}

const plain = (text: string): string => text;
const NO_COLORS: ProblemColors = { cyan: plain, bold: plain, yellow: plain };

/** Problems for people: place, message, source line with a caret, hint, and where to read on. */
export function formatProblems(problems: readonly Problem[], colors = NO_COLORS): string {
  const told = problems.map(({ severity, place, usedAt = [], message, frame, hint, page }) => {
    const rest = [
      ...(frame === undefined ? [] : [indent(frame)]),
      ...usedAt.map((one) => `  used at ${formatPlace(one)}`),
      ...(hint === undefined ? [] : [`  = ${hint}`]),
      ...(page === undefined ? [] : [`  = see \`${page}\``]),
      '',
    ];
    const kind = severity === 'warning' ? colors.yellow('warning: ') : '';
    const head = `${colors.cyan(stripControl(formatPlace(place)))}: ${kind}${colors.bold(stripControl(message))}`;
    return [head, ...rest.map(stripControl)].join('\n');
  });
  return [...told, `${counted(problems)}`, ''].join('\n');
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
