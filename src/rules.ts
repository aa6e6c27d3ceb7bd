/**
 * Every rule that a scenario is checked by: its name, whether what it finds is certain or likely, and a paragraph for
 * docs/rules.md. Adding one costs an entry, a check that reports it, and a file that it finds with a neighbour that it
 * does not (test/scenario/rules/).
 */
import { SENSE_RULES } from './rules-of-sense';
import { SHAPE_RULES } from './rules-of-shape';

/** An error is certain: nothing starts, exit code 2. A warning is likely: it is shown, and everything goes on. */
export type Severity = 'error' | 'warning';

export interface Rule {
  severity: Severity;
  /** Found in the file as it is written, or by following what its steps do. Only the latter can be silenced. */
  kind: 'shape' | 'sense';
  /** A paragraph for people, in Markdown. */
  about: string;
}

export const RULES: ReadonlyMap<string, Rule> = new Map(Object.entries({ ...SENSE_RULES, ...SHAPE_RULES }));

/** What a rule finds is an error unless the table says otherwise. */
export function severityOf(rule: string): Severity {
  return RULES.get(rule)?.severity ?? 'error';
}

/** The names of the rules that a comment can silence. */
export const SILENCEABLE: ReadonlySet<string> = new Set(Object.keys(SENSE_RULES));
