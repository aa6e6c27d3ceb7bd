/** `vars`, and `${vars.x}` everywhere else: replaced before anything is checked. */
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { containsExpression, hasExpression, substitute, unescape, type Lookup } from './expressions';
import { valueOf, type MapNode, type Node } from './node';
import { MAX_PROBLEMS, problemAt } from './parse';

const NAME = /^[A-Za-z_][\w-]*$/;

/** Keys whose value is structure: no expression may stand for it, nor for a part of it. */
const STRUCTURE: readonly string[] = ['members', 'language'];

/** The names that `vars` declares. */
export function declaredVariables(node: MapNode): string[] {
  const vars = valueOf(node, 'vars');
  return vars?.kind === 'map' ? vars.entries.map(({ key }) => key.text) : [];
}

/**
 * The tree with `${vars.x}` replaced. In steps other expressions stay for later; elsewhere there are none. `given`
 * overrides what the file says.
 */
export function withVariables(
  source: SourceFile,
  root: MapNode,
  given: ReadonlyMap<string, string>,
  problems: Problem[],
): MapNode {
  const tell = (at: Node, rule: string, message: string, hint?: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(problemAt(source, at, rule, message, hint));
  };
  const values = valuesOf(root, given, tell);
  const isFull = (): boolean => problems.length >= MAX_PROBLEMS;
  const hasMatrix = valueOf(root, 'matrix') !== undefined;
  const onProblem = (at: Node, message: string): void => tell(at, 'unknown-name', message);
  const entries = root.entries.map(({ key, value }) => {
    if (key.text === 'vars') return { key, value };
    refuseInKeys(value, tell);
    if (STRUCTURE.includes(key.text)) {
      refuseInStructure(key.text, value, tell);
      return { key, value };
    }
    const inSteps = key.text === 'steps' || key.text === 'finally';
    if (inSteps && value.kind === 'scalar') return { key, value };
    const lookup = lookupIn(values, { inSteps, hasMatrix, isFull });
    return { key, value: substitute(value, { lookup, final: !inSteps, onProblem }) };
  });
  return { ...root, entries };
}

type Tell = (at: Node, rule: string, message: string, hint?: string) => void;

/** A variable's value, and whether it is one without quotes. */
type Values = ReadonlyMap<string, { value: string; typed: boolean; given?: boolean }>;

function valuesOf(root: MapNode, given: ReadonlyMap<string, string>, tell: Tell): Values {
  const vars = valueOf(root, 'vars');
  const values = new Map<string, { value: string; typed: boolean; given?: boolean }>();
  for (const { key, value } of vars?.kind === 'map' ? vars.entries : []) {
    if (!NAME.test(key.text)) {
      tell(key, 'variable-name', `no variable can be named "${key.text}"`, 'a name is like `size` or `new_value`');
    }
    if (containsExpression(value)) {
      const hint = 'a literal `${` is written `$${`';
      tell(value, 'variable-value', `the value of a variable holds no expression`, hint);
    }
    const literal = unescape(value);
    const declared = literal.kind === 'scalar' ? literal : { text: '', plain: false };
    const override = given.get(key.text);
    values.set(
      key.text,
      override === undefined
        ? { value: declared.text, typed: declared.plain }
        : { value: override, typed: true, given: true },
    );
  }
  return values;
}

function lookupIn(values: Values, where: { inSteps: boolean; hasMatrix: boolean; isFull(): boolean }): Lookup {
  return (name) => {
    const [kind = '', key = '', ...more] = name.split('.');
    if (kind === 'results' || kind === 'repeat') {
      return where.inSteps ? 'later' : { problem: `\`${name}\` is known only while steps run` };
    }
    if (kind === 'matrix') return where.hasMatrix ? 'later' : { problem: '`matrix` is reserved and not built yet' };
    if (kind !== 'vars' && where.isFull()) return 'later';
    if (kind !== 'vars') return { problem: unknownKind(name, values) };
    const found = more.length === 0 ? values.get(key) : undefined;
    if (found) return found;
    if (where.isFull()) return 'later';
    const near = nearest(key, values.keys());
    const hint = near === undefined ? '' : `; did you mean \`\${vars.${near}}\`?`;
    return { problem: `there is no variable \`${[key, ...more].join('.')}\`${hint}` };
  };
}

function unknownKind(name: string, values: Values): string {
  if (values.has(name)) return `\`\${${name}}\` is nothing; did you mean \`\${vars.${name}}\`?`;
  const near = nearest(name.split('.')[0] ?? '', ['vars', 'results', 'repeat']);
  const hint = near === undefined ? 'there are `vars.…`, `results.…` and `repeat.index`' : `did you mean \`${near}\`?`;
  return `\`\${${name}}\` is nothing; ${hint}`;
}

function refuseInKeys(node: Node, tell: Tell): void {
  if (node.kind === 'scalar') return;
  if (node.kind === 'seq') return node.items.forEach((item) => refuseInKeys(item, tell));
  for (const { key, value } of node.entries) {
    if (hasExpression(key.text)) tell(key, 'unknown-name', 'a key is never replaced: no expression can stand in it');
    refuseInKeys(value, tell);
  }
}

function refuseInStructure(key: string, node: Node, tell: Tell): void {
  if (node.kind === 'scalar') {
    if (hasExpression(node.text)) tell(node, 'unknown-name', `no expression can stand in \`${key}\``);
  } else if (node.kind === 'seq') {
    for (const item of node.items) refuseInStructure(key, item, tell);
  }
}
