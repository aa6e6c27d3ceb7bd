/** `${…}`, replaced after parsing, scalar by scalar. A scalar that is one expression keeps the value's type. */
import { cut, type Node, type ScalarNode } from './node';

/** An escape, an expression, or the beginning of one that is never closed. `$${` is a literal `${`. */
const TOKENS = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const WHOLE = /^\$\{([^{}]*)\}$/;

/** A value; `typed`: as one that was written without quotes; `later`: a text with expressions that stay for later. */
interface Found {
  value: unknown;
  typed?: boolean;
  later?: boolean;
  /** The command line brought it. */
  given?: boolean;
}

/** What a name stands for: a value, `later` where it is known only while running, or a message why it is nothing. */
export type Lookup = (name: string) => Found | 'later' | { problem: string };

export interface Substitution {
  lookup: Lookup;
  /** Nothing is replaced after this: escapes become what they stand for. Else values that hold a `${` are escaped. */
  final: boolean;
  onProblem: (at: ScalarNode, message: string) => void;
}

/** True where the text holds an expression, escapes left aside. */
export function hasExpression(text: string): boolean {
  if (!text.includes('${')) return false;
  for (const [token] of text.matchAll(TOKENS)) if (token !== '$${') return true;
  return false;
}

/** False where no scalar of a file can hold an expression or an escaped one: YAML's own escapes spell `$` as well. */
export function mayHoldExpressions(text: string): boolean {
  return text.includes('${') || text.includes('\\');
}

/** True where any scalar of the tree holds an expression. */
export function containsExpression(node: Node): boolean {
  switch (node.kind) {
    case 'scalar':
      return hasExpression(node.text);
    case 'seq':
      return node.items.some(containsExpression);
    case 'map':
      return node.entries.some(({ value }) => containsExpression(value));
  }
}

/** The tree with every expression that `lookup` knows replaced; what is `later` stays as it is. */
export function substitute(node: Node, how: Substitution): Node {
  switch (node.kind) {
    case 'scalar':
      return node.text.includes('${') ? substituteScalar(node, how) : node;
    case 'seq':
      return { ...node, items: node.items.map((item) => substitute(item, how)) };
    case 'map':
      return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: substitute(value, how) })) };
  }
}

/** The name in a text that is one expression; undefined in any other. */
export function wholeName(text: string): string | undefined {
  return WHOLE.exec(text)?.[1]?.trim();
}

/** The tree with literal texts escaped, so that nothing in them is taken for an expression. */
export function escapeAll<T extends Node>(node: T): T {
  const visit = (one: Node): Node => {
    switch (one.kind) {
      case 'scalar':
        return one.text.includes('${') ? { ...one, text: escape(one.text) } : one;
      case 'seq':
        return { ...one, items: one.items.map(visit) };
      case 'map':
        return { ...one, entries: one.entries.map(({ key, value }) => ({ key, value: visit(value) })) };
    }
  };
  return visit(node) as T;
}

/** The tree with its escapes undone, where it holds no expression any more. */
export function unescape(node: Node): Node {
  return substitute(node, { lookup: () => 'later', final: true, onProblem: () => undefined });
}

function substituteScalar(node: ScalarNode, how: Substitution): Node {
  const whole = WHOLE.exec(node.text);
  if (whole) {
    const found = find(whole[1] ?? '', node, how);
    return found ? toNode(found, node, how.final) : node;
  }
  let text = '';
  let literal = '';
  let end = 0;
  let given = node.given;
  for (const match of node.text.matchAll(TOKENS)) {
    const [token, name] = match;
    literal += node.text.slice(end, match.index);
    end = match.index + token.length;
    const isDouble = node.text.startsWith('${{', match.index);
    const found: Found | undefined = token === '$${' ? { value: '${' } : find(name, node, how, isDouble);
    given ||= found?.given;
    if (found?.later) {
      text += (how.final ? literal : escape(literal)) + toText(found.value);
      literal = '';
    } else if (found) literal += toText(found.value);
    else {
      text += (how.final ? literal : escape(literal)) + token;
      literal = '';
    }
  }
  literal += node.text.slice(end);
  return { ...node, text: text + (how.final ? literal : escape(literal)), ...(given ? { given } : {}) };
}

/** The value behind a name; undefined for what is not known yet, and for what is nothing: that was told. */
function find(
  name: string | undefined,
  node: ScalarNode,
  { lookup, onProblem }: Substitution,
  isDouble = false,
): Found | undefined {
  if (name === undefined) {
    const hint = isDouble ? '`${x}` has one pair of braces' : 'a literal one is written `$${`';
    onProblem(node, `\`\${\` is not closed in "${cut(node.text)}"; ${hint}`);
    return undefined;
  }
  if (name.trim() === '') {
    onProblem(node, '`${}` names nothing');
    return undefined;
  }
  const found = lookup(name.trim());
  if (found === 'later') return undefined;
  if ('value' in found) return found;
  onProblem(node, found.problem);
  return undefined;
}

/** A value as a node that stands where the expression stood. */
function toNode(found: Found, at: ScalarNode, final: boolean): Node {
  const { value, typed, given = at.given } = found;
  if (Array.isArray(value)) {
    const items = value.map((item) => toNode({ value: item, typed, given }, at, final));
    return { kind: 'seq', items, start: at.start, end: at.end };
  }
  const text = final || found.later ? toText(value) : escape(toText(value));
  const plain = typed ?? (typeof value !== 'string' || at.plain);
  return { kind: 'scalar', text, plain, start: at.start, end: at.end, ...(given ? { given } : {}) };
}

/** The text as one that is still to be replaced: a literal `${` in it stays one. */
export function escape(text: string): string {
  return text.replaceAll('${', '$$${');
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Where expressions stand in a tree, as JSON pointers, and what they name. */
export function nodesWithExpressions(node: Node, pointer = ''): { pointer: string; names: string[] }[] {
  switch (node.kind) {
    case 'scalar': {
      if (!hasExpression(node.text)) return [];
      const names = [...node.text.matchAll(TOKENS)].flatMap(([, name]) => (name === undefined ? [] : [name.trim()]));
      return [{ pointer, names }];
    }
    case 'seq':
      return node.items.flatMap((item, i) => nodesWithExpressions(item, `${pointer}/${i}`));
    case 'map':
      return node.entries.flatMap(({ key, value }) =>
        nodesWithExpressions(value, `${pointer}/${key.text.replace(/~/g, '~0').replace(/\//g, '~1')}`),
      );
  }
}
