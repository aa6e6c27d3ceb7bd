/** A YAML document as a tree that keeps the characters as written and where each of them stands. */
import type { SourceFile } from '../source';
import type { JsonSchema } from '../steps/schema';

interface NodeBase {
  /** Offsets into the source; of the value itself, without anchor or tag. */
  start: number;
  end: number;
  /** The file that it stands in, where that is another one than the tree's own: a value of `--var-file`. */
  source?: SourceFile;
}

export interface ScalarNode extends NodeBase {
  kind: 'scalar';
  /** The text as written: quotes, escapes and folding undone, no typing. */
  text: string;
  /** Unquoted: only then can it be a number, a boolean or null. */
  plain: boolean;
  /** The command line brought it: a relative path is relative to the caller's folder. */
  given?: boolean;
}

export interface MapEntry {
  key: ScalarNode;
  value: Node;
}

export interface MapNode extends NodeBase {
  kind: 'map';
  entries: MapEntry[];
}

export interface SeqNode extends NodeBase {
  kind: 'seq';
  items: Node[];
}

export type Node = ScalarNode | MapNode | SeqNode;

/** The value under a key; undefined where there is none. */
export function valueOf(map: MapNode, key: string): Node | undefined {
  return map.entries.find((entry) => entry.key.text === key)?.value;
}

/** The node that a JSON pointer leads to, as far as it goes. */
export function locate(root: Node, pointer: string): Node {
  let node = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~');
    const next = node.kind === 'map' ? valueOf(node, key) : node.kind === 'seq' ? node.items[Number(key)] : undefined;
    if (!next) return node;
    node = next;
  }
  return node;
}

/** The nodes within a node, each with its schema. */
export function children(node: Node, schema: JsonSchema): [Node, JsonSchema | undefined][] {
  switch (node.kind) {
    case 'scalar':
      return [];
    case 'seq':
      return node.items.map((item) => [item, schema.items]);
    case 'map':
      return node.entries.map(({ key, value }) => [value, schemaUnder(key.text, schema)]);
  }
}

/** The schema of what stands under a key. */
export function schemaUnder(key: string, { properties, additionalProperties }: JsonSchema): JsonSchema | undefined {
  if (properties && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The node as one that is told to stand in its own file, wherever it is put. */
export function inSource(node: Node, source: SourceFile): Node {
  const base = { source: node.source ?? source };
  switch (node.kind) {
    case 'scalar':
      return { ...node, ...base };
    case 'seq':
      return { ...node, ...base, items: node.items.map((item) => inSource(item, source)) };
    case 'map':
      return {
        ...node,
        ...base,
        entries: node.entries.map(({ key, value }) => ({
          key: inSource(key, source) as ScalarNode,
          value: inSource(value, source),
        })),
      };
  }
}

const LONGEST_SHOWN_TEXT = 60;

/** What a node is, for messages: `a list`, `"foo"`. */
export function describe(node: Node): string {
  switch (node.kind) {
    case 'map':
      return node.entries.length === 0 ? 'an empty map' : 'a map';
    case 'seq':
      return node.items.length === 0 ? 'an empty list' : 'a list';
    case 'scalar':
      if (node.plain && isNullText(node.text)) return 'nothing';
      return node.text === '' ? 'an empty text' : `"${cut(node.text)}"`;
  }
}

/** A text short enough to stand in a sentence. */
export function cut(text: string): string {
  return text.length > LONGEST_SHOWN_TEXT ? `${text.slice(0, LONGEST_SHOWN_TEXT)}…` : text;
}

/** Plain scalars that mean null in YAML's core schema. */
export function isNullText(text: string): boolean {
  return text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL';
}
