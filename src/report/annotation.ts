/** Workflow commands of GitHub Actions: a message at a line of a file. */
import type { Problem } from '../errors';
import type { Severity } from '../rules';
import { formatPlace } from '../source';
import { clean, cutEnd, oneLine } from './text';

/** GitHub takes no more than 1 MiB a step. */
export const LONGEST_DETAIL = 8_000;

/** What was found in a file, at its place: an error or a warning. */
export function problemAnnotation({ rule, severity, place, usedAt = [], message, hint, frame, page }: Problem): string {
  const { file, line, column } = place;
  const used = usedAt.map((one) => `used at ${formatPlace(one)}`);
  const text = [message, ...used, hint, frame, page === undefined ? undefined : `see \`${page}\``]
    .filter((one) => one)
    .join('\n');
  return annotation({ file, line, col: column, title: rule }, text, severity);
}

/** One workflow command on one line: `::error file=…,line=…,col=…,title=…::message`. */
export function annotation(
  properties: Record<string, string | number>,
  message: string,
  level: Severity = 'error',
): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(oneLine(String(value)))}`);
  return `::${level} ${pairs.join(',')}::${escapeData(cutEnd(clean(message), LONGEST_DETAIL))}\n`;
}

function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
