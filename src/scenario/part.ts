/** A part: a file with steps for others to `use`, and no scenario of its own. */
import type { Problem } from '../errors';
import type { SourceFile } from '../source';
import { objectSchema, text, variableValues, type JsonSchema } from '../steps/schema';
import { describe, valueOf, type Node } from './node';
import { problemAt } from './parse';
import { validate } from './validate';

export const PART: JsonSchema = objectSchema(
  {
    language: { type: 'integer', enum: [1] },
    description: text,
    vars: variableValues,
    steps: { type: 'array', minItems: 1, steps: true },
  },
  ['steps'],
);

/** True for a file that has the keys of a part, `steps` among them, and no others: it is run by a `use` alone. */
export function isPart(root: Node): boolean {
  if (root.kind !== 'map' || !valueOf(root, 'steps')) return false;
  const known = PART.properties ?? {};
  return root.entries.every(({ key: { text: key } }) => Object.hasOwn(known, key) || key.startsWith('x-'));
}

/** True for a file that runs by itself. */
export function isScenario(root: Node): boolean {
  return root.kind === 'map' && (valueOf(root, 'name') !== undefined || valueOf(root, 'members') !== undefined);
}

/** What is wrong with the top level of a part. */
export function checkPart(source: SourceFile, root: Node): Problem[] {
  if (root.kind === 'map') return validate(source, root, PART, { what: 'a part', lenient: false }).problems;
  const at = { start: root.start, end: root.start + 1 };
  return [problemAt(source, at, 'wrong-value', `a part is a map with \`steps\`, not ${describe(root)}`)];
}
