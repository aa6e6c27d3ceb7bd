/** Variables and lists of the matrix that nothing names. */
import type { Problem } from '../../errors';
import { parse, problemAt } from '../parse';
import { valueOf } from '../node';
import type { Scenario } from '../scenario';

/** Looks at the characters of the file: a name that stands only in a comment counts as used. */
export function unusedNames({
  source,
  variables,
  matrix,
}: Pick<Scenario, 'source' | 'variables' | 'matrix'>): Problem[] {
  const isUnused = (kind: string) => (name: string) => !source.text.includes(`${kind}.${name}`);
  const [vars, lists] = [variables.filter(isUnused('vars')), Object.keys(matrix).filter(isUnused('matrix'))];
  if (vars.length + lists.length === 0) return [];
  const { root } = parse(source);
  const tell = (kind: string, names: readonly string[], rule: string, message: (name: string) => string): Problem[] => {
    const map = root.kind === 'map' ? valueOf(root, kind) : undefined;
    if (map?.kind !== 'map') return [];
    const unused = map.entries.filter(({ key }) => names.includes(key.text));
    const hint = (name: string): string => `\`\${${kind}.${name}}\` stands for its value`;
    return unused.map(({ key }) => problemAt(source, key, rule, message(key.text), hint(key.text)));
  };
  return [
    ...tell('vars', vars, 'unused-variable', (name) => `nothing names the variable \`${name}\``),
    ...tell('matrix', lists, 'unused-matrix', (name) => `nothing names \`${name}\`: its values make equal runs`),
  ];
}
