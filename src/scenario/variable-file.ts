/** `--var-file`: values for variables, as a map in YAML or JSON. What is said of them points into that file. */
import { ScenarioError, type Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { variableValues } from '../steps/schema';
import { inSource, type Node } from './node';
import { parse, problemAt } from './parse';
import { validate } from './validate';
import { asVariable, type Variable } from './variables';

export interface VariableFile {
  source: SourceFile;
  /** By name, with where the name stands. */
  values: ReadonlyMap<string, { value: Variable; key: Node }>;
  problems: Problem[];
}

export const VARIABLES = { ...variableValues, expects: 'a map of names and values' } as const;

/** The values in a file, literal as those of the command line: no expression is replaced in them. */
export function readVariables(source: SourceFile): VariableFile {
  try {
    const { root, problems } = parse(source);
    const shape = validate(source, root, VARIABLES, { what: 'a file of variables', lenient: false }).problems;
    const entries = root.kind === 'map' ? root.entries : [];
    // A list is told of, and gives no value.
    const values = entries
      .filter(({ value }) => value.kind !== 'seq')
      .map(({ key, value }) => {
        const at = inSource(value, source);
        return [key.text, { key, value: { ...asVariable(at), given: true, at } }] as const;
      });
    return { source, values: new Map(values), problems: [...problems, ...shape] };
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return { source, values: new Map(), problems: thrown.problems };
    throw thrown;
  }
}

/** The names in a file that no scenario declares. */
export function unknownVariables({ source, values }: VariableFile, declared: ReadonlySet<string>): Problem[] {
  return [...values].flatMap(([name, { key }]) => {
    if (declared.has(name)) return [];
    const near = nearest(name, declared);
    const hint = near === undefined ? undefined : `did you mean \`${near}\`?`;
    const message = `no scenario that was read has a variable \`${name}\``;
    return [problemAt(source, key, 'unknown-variable', message, hint)];
  });
}
