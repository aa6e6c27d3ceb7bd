/** `matrix`: named lists. The scenario is loaded, and runs, once for each combination of their values. */
import type { JsonSchema } from '../steps/schema';
import { text } from '../steps/schema';
import type { SourceFile } from '../source';
import type { Problem } from '../errors';
import { substitute, type Lookup } from './expressions';
import type { MapNode, Node, ScalarNode } from './node';
import { problemAt } from './parse';
import { isName } from './variables';
import { validate } from './validate';

/** Runs of one file that somebody still looks at; a limit, so that a few lists of ten do not start a million. */
const MOST_COMBINATIONS = 200;

/** One value of each list, in declared order. */
export type Combination = ReadonlyMap<string, ScalarNode>;

export const MATRIX: JsonSchema = {
  type: 'object',
  additionalProperties: {
    type: 'array',
    items: text,
    minItems: 1,
    uniqueItems: true,
    expects: 'a list of values',
    description: 'the scenario runs with each of these values',
  },
  minProperties: 1,
  expects: 'a map of lists, such as {from: [3.4.23, 3.5.35]}',
  description: 'named lists: the scenario runs once for each combination, ${matrix.NAME} is its value',
};

/**
 * The combinations, the last list changing fastest; a single empty one where there is no matrix, and none where the
 * matrix is wrong. `lookup` knows what its values may name.
 */
export function combinationsOf(
  source: SourceFile,
  written: Node | undefined,
  lookup: Lookup,
  problems: Problem[],
): Combination[] {
  if (!written) return [new Map()];
  const before = problems.length;
  const onProblem = (at: Node, message: string): void => {
    problems.push(problemAt(source, at, 'unknown-name', message));
  };
  const matrix = substitute(written, { lookup, final: true, onProblem });
  problems.push(...validate(source, matrix, MATRIX, { what: '`matrix`', lenient: false }).problems);
  if (matrix.kind !== 'map') return [];
  problems.push(...wrongNames(source, matrix));
  if (problems.length > before) return [];
  const lists = matrix.entries.map(({ key, value }) => ({ name: key.text, values: scalarsOf(value) }));
  const count = lists.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_COMBINATIONS) {
    const makes = count > 1e6 ? 'more than 1000000' : count;
    const message = `\`matrix\` makes ${makes} combinations; at most ${MOST_COMBINATIONS} are run`;
    const at = { start: matrix.start, end: matrix.start + 1 };
    problems.push(problemAt(source, at, 'too-many-combinations', message, 'split it into several files'));
    return [];
  }
  let combinations: Combination[] = [new Map()];
  for (const { name, values } of lists) {
    combinations = combinations.flatMap((one) => values.map((value) => new Map(one).set(name, value)));
  }
  return combinations;
}

function wrongNames(source: SourceFile, matrix: MapNode): Problem[] {
  return matrix.entries
    .filter(({ key }) => !isName(key.text))
    .map(({ key }) =>
      problemAt(
        source,
        key,
        'variable-name',
        `no list of a matrix can be named "${key.text}"`,
        'a name is like `from` or `disk_size`',
      ),
    );
}

function scalarsOf(list: Node): ScalarNode[] {
  return list.kind === 'seq' ? list.items.filter((item) => item.kind === 'scalar') : [];
}

/**
 * What reports call a combination of a scenario: its name, followed by those values that the author's own `name` does
 * not speak of.
 */
export function nameOfCombination(name: string, written: Node | undefined, combination: Combination): string {
  const spoken = written?.kind === 'scalar' ? written.text : '';
  const others = [...combination].filter(([key]) => !new RegExp(`\\$\\{ *matrix\\.${key} *\\}`).test(spoken));
  if (others.length === 0) return name;
  return `${name} (${others.map(([key, { text: value }]) => `${key}=${value}`).join(', ')})`;
}
