/** Every member that a drill names has to be declared. */
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { SELECTOR_WORDS } from '../steps/select';
import type { JsonSchema } from '../steps/schema';
import { hasExpression } from './expressions';
import type { Node, ScalarNode } from './node';
import { problemAt } from './parse';

/** Words that may stand beside declared names, by kind of place. */
const WORDS: Record<string, readonly string[]> = {
  selector: SELECTOR_WORDS,
  startable: ['all'],
  leader: ['any', 'none'],
  one: [],
  plain: [],
};

/** The undeclared names in a node, found along its schema. */
export function undeclared(
  source: SourceFile,
  node: Node,
  schema: JsonSchema | undefined,
  members: readonly string[],
): Problem[] {
  if (!schema) return [];
  const check = (at: ScalarNode, words: readonly string[]): Problem[] => {
    if (hasExpression(at.text) || members.includes(at.text) || words.includes(at.text)) return [];
    const near = nearest(at.text, [...members, ...words]);
    const hint = near === undefined ? `declared are ${members.join(', ')}` : `did you mean \`${near}\`?`;
    return [problemAt(source, at, 'undeclared-member', `"${at.text}" is no member of this scenario`, hint)];
  };
  const below = children(node, schema).flatMap(([child, inner]) => undeclared(source, child, inner, members));
  if (schema.names === undefined) return below;
  const words = WORDS[schema.names] ?? [];
  switch (node.kind) {
    case 'scalar':
      return schema.names === 'plain' ? below : check(node, words);
    case 'seq':
      return [...below, ...node.items.flatMap((item) => (item.kind === 'scalar' ? check(item, []) : []))];
    case 'map':
      return schema.names === 'plain' ? [...below, ...node.entries.flatMap(({ key }) => check(key, []))] : below;
  }
}

function children(node: Node, schema: JsonSchema): [Node, JsonSchema | undefined][] {
  switch (node.kind) {
    case 'scalar':
      return [];
    case 'seq':
      return node.items.map((item) => [item, schema.items]);
    case 'map':
      return node.entries.map(({ key, value }) => [
        value,
        schema.properties?.[key.text] ??
          (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined),
      ]);
  }
}
