/** `${…}`, replaced after parsing, scalar by scalar. A scalar that is one expression keeps the value's type. */
import type { Node, ScalarNode } from './node';

/** `$${` is a literal `${`. */
const EXPRESSIONS = /\$\$\{|\$\{([^{}]*)\}/g;

/** What a name stands for: a value, `later` where it is known only while running, or a message why it is nothing. */
export type Lookup = (name: string, at: ScalarNode) => { value: unknown } | 'later' | { problem: string };

/** True where the text holds an expression or an escape. */
export function hasExpression(text: string): boolean {
  return text.includes('${');
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

/**
 * The tree with every expression that `lookup` knows replaced; what is `later` stays as it is. With `final`, escapes
 * become what they stand for.
 */
export function substitute(
  node: Node,
  lookup: Lookup,
  options: { final: boolean; onProblem(at: ScalarNode, message: string): void },
): Node {
  switch (node.kind) {
    case 'scalar':
      return substituteScalar(node, lookup, options);
    case 'seq':
      return { ...node, items: node.items.map((item) => substitute(item, lookup, options)) };
    case 'map':
      return {
        ...node,
        entries: node.entries.map(({ key, value }) => ({ key, value: substitute(value, lookup, options) })),
      };
  }
}

function substituteScalar(
  node: ScalarNode,
  lookup: Lookup,
  options: { final: boolean; onProblem(at: ScalarNode, message: string): void },
): Node {
  if (!hasExpression(node.text)) return node;
  const find = (name: string): { value: unknown } | undefined => {
    const found = lookup(name.trim(), node);
    if (found === 'later') return undefined;
    if ('value' in found) return found;
    options.onProblem(node, found.problem);
    return undefined;
  };
  const whole = /^\$\{([^{}]*)\}$/.exec(node.text);
  if (whole) {
    const found = find(whole[1] ?? '');
    return found ? toNode(found.value, node) : node;
  }
  const text = node.text.replace(EXPRESSIONS, (written, name: string | undefined) => {
    if (name === undefined) return options.final ? '${' : written;
    const found = find(name);
    return found ? toText(found.value) : written;
  });
  return { ...node, text };
}

/** A value as a node that stands where the expression stood. */
function toNode(value: unknown, at: ScalarNode): Node {
  if (Array.isArray(value)) {
    return { kind: 'seq', items: value.map((item) => toNode(item, at)), start: at.start, end: at.end };
  }
  return {
    kind: 'scalar',
    text: toText(value),
    plain: typeof value !== 'string' || at.plain,
    start: at.start,
    end: at.end,
  };
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
