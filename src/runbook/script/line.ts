/** Pieces that the translated steps share. */
import type { Modifiers } from '../../scenario/scenario';
import type { DrillState } from '../../steps/drill-state';
import { quote } from '../../steps/instruction';
import type { Selector } from '../../steps/select';

/** Why a step can't be said in a script. */
export class NotInScript extends Error {}

/** It can't be said because reading does not tell who is meant: after a step that needs a result that is no mistake of its own. */
export class OpenInScript extends NotInScript {}

export interface At {
  state: DrillState;
  modifiers: Modifiers;
}

/** `"$@"`-safe words in one line. */
export function words(...parts: readonly string[]): string {
  return parts.map(quote).join(' ');
}

/** Names as they stand in a `for` loop or as arguments; whom a word means is found out when it runs. */
export function names(selector: Selector, state: DrillState): string {
  const known = state.named(selector);
  if (known) return words(...known);
  if (selector === 'all') throw new OpenInScript('who is in the cluster shows only while it runs');
  if (typeof selector !== 'string') throw new OpenInScript('whom it means shows only while it runs');
  return `$(choose ${selector})`;
}

/** Whole seconds, never less than what was written. */
export function seconds(ms: number): string {
  return String(Math.ceil(ms / 1000));
}

/** One attempt or several, as the modifiers say; refused with one of the texts where an error is expected. */
export function attempt(command: string, { modifiers }: Pick<At, 'modifiers'>): string[] {
  const { withinMs, timeoutMs } = modifiers;
  const texts = expectedTexts(modifiers);
  const whole = texts === undefined ? command : `fails ${words(...texts)} -- ${command}`;
  const limit = timeoutMs === undefined ? '' : `TIMEOUT=${timeoutMs / 1000} `;
  return [`${limit}${withinMs === undefined || withinMs === 0 ? 'once' : `within ${seconds(withinMs)}`} ${whole}`];
}

/** The texts of `expectError`; undefined where the step has to succeed. */
export function expectedTexts({ expectError }: Modifiers): string[] | undefined {
  if (expectError === undefined) return undefined;
  return [expectError].flat().map((pattern) => {
    if (typeof pattern === 'string') return pattern;
    throw new NotInScript('`expectError` with a regular expression: grep reads another dialect');
  });
}

/** Several checks as one function, so that all of them are reported. */
export function lookFunction(checks: readonly string[]): string[] {
  return ['look() {', '  local ok=0 member', ...checks.map((line) => `  ${line}`), '  return $ok', '}'];
}

/** A check of each member. */
export function forEach(who: string, check: string): string[] {
  return [`for member in ${who}; do`, `  ${check} || ok=1`, 'done'];
}
