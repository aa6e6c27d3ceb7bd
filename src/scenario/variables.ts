/** `vars`: named values that the command line, a file of values or the `with` of a `use` may replace. */
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { containsExpression, unescape, type Lookup } from './expressions';
import { valueOf, type MapNode, type Node } from './node';
import { MAX_PROBLEMS, problemAt } from './parse';

const NAME = /^[A-Za-z_][\w-]*$/;

/** What a variable or a list of a matrix may be called. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** A value of a variable: a text, as one without quotes where `typed`, or a map of flags. */
export type Variable = {
  /** May hold expressions that are known only while steps run: the value of a `with`. Else it is literal. */
  later?: boolean;
  /** The command line brought it: a path in it is relative to the caller's folder. */
  given?: boolean;
  /** Where it stands, if it stands in a file. */
  at?: Node;
} & ({ text: string; typed: boolean } | { map: MapNode });

export type Variables = ReadonlyMap<string, Variable>;

/** The names that `vars` declares. */
export function declaredVariables(node: MapNode): string[] {
  const vars = valueOf(node, 'vars');
  return vars?.kind === 'map' ? vars.entries.map(({ key }) => key.text) : [];
}

/** The values of what `vars` declares; `given` goes before what the file says. */
export function variablesOf(source: SourceFile, root: MapNode, given: Variables, problems: Problem[]): Variables {
  const tell: Tell = (at, rule, message, hint) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problemAt(source, at, rule, message, hint));
  };
  const vars = valueOf(root, 'vars');
  const values = new Map<string, Variable>();
  for (const { key, value } of vars?.kind === 'map' ? vars.entries : []) {
    if (!isName(key.text)) {
      tell(key, 'variable-name', `no variable can be named "${key.text}"`, 'a name is like `size` or `new_value`');
    }
    if (containsExpression(value)) {
      const hint = 'a literal `${` is written `$${`';
      tell(value, 'variable-value', `the value of a variable holds no expression`, hint);
    }
    const declared = asVariable(unescape(value));
    const override = given.get(key.text);
    const isOther = override !== undefined && 'map' in override !== 'map' in declared;
    if (isOther) refuseKind(key.text, declared, override.at ?? value, tell);
    values.set(key.text, isOther ? declared : (override ?? declared));
  }
  return values;
}

/** A node as a variable's literal value. */
export function asVariable(node: Node): Variable {
  if (node.kind === 'map') return { map: node };
  return node.kind === 'scalar' ? { text: node.text, typed: node.plain } : { text: '', typed: false };
}

type Tell = (at: Node, rule: string, message: string, hint?: string) => void;

function refuseKind(name: string, declared: Variable, at: Node, tell: Tell): void {
  const [kind, other] = 'map' in declared ? ['a map of flags', 'a text'] : ['a text', 'a map'];
  const hint = 'map' in declared ? 'a map comes from `--var-file`, or from `with`' : undefined;
  tell(at, 'variable-value', `the variable \`${name}\` is ${kind}, and is given ${other}`, hint);
}

/** `${vars.x}` as a value. Where `isFull`, no nearest name is searched any more. */
export function lookUpVariable(path: readonly string[], values: Variables, isFull: () => boolean): ReturnType<Lookup> {
  const [key = '', ...more] = path;
  const found = more.length === 0 ? values.get(key) : undefined;
  if (found && 'map' in found) {
    return {
      problem: `\`vars.${key}\` is a map of flags: it stands for all of \`flags\`, as \`flags: \${vars.${key}}\``,
    };
  }
  if (found) return { value: found.text, typed: found.typed, later: found.later, given: found.given };
  if (isFull()) return 'later';
  const near = nearest(key, values.keys());
  const hint = near === undefined ? '' : `; did you mean \`\${vars.${near}}\`?`;
  return { problem: `there is no variable \`${[key, ...more].join('.')}\`${hint}` };
}

/** The problem of a value that no `vars` declares. */
export function notDeclared(name: string, declared: Iterable<string>): string {
  const names = [...declared];
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return names.length === 0 ? 'it declares no `vars`' : `it declares ${names.join(', ')}`;
}
