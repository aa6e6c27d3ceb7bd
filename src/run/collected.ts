/** What steps of `onFailure` found and tools printed, as a text for the reports. */
import type { StepResult } from '../steps/step';

/** More than a page; the logs have the rest. */
const LONGEST_TEXT = 8000;

/** A tool's output as it is, else a line for each part of the result; undefined where the step leaves nothing. */
export function collectedText(result: StepResult | undefined): string | undefined {
  const { stdout } = result ?? {};
  const text = typeof stdout === 'string' ? stdout : linesOf(result ?? {}).join('\n');
  return cut(text);
}

/** As much of a text as reports have; undefined where it is empty. */
export function cut(text: string): string | undefined {
  const trimmed = text.trimEnd();
  if (trimmed === '') return undefined;
  return trimmed.length > LONGEST_TEXT ? `${trimmed.slice(0, LONGEST_TEXT)}…` : trimmed;
}

function linesOf(result: StepResult): string[] {
  return Object.entries(result).map(([key, value]) => {
    if (Array.isArray(value)) return `${key}: ${value.map(String).join(', ')}`;
    if (typeof value === 'string') return `${key}: ${value}`;
    return `${key}: ${value === null || value === undefined ? 'none' : JSON.stringify(value)}`;
  });
}
