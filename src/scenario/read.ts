/** A node as the value that its schema asks for: text stays as written, numbers and booleans are typed only where asked for. */
import type { JsonSchema } from '../steps/schema';
import { isNullText, type Node, type ScalarNode } from './node';

/** The value of a node under a schema. What does not fit is left as text, for the validator to say so. */
export function readNode(node: Node, schema: JsonSchema | undefined): unknown {
  switch (node.kind) {
    case 'scalar':
      return readScalar(node, schema);
    case 'seq':
      return node.items.map((item) => readNode(item, schema?.items));
    case 'map':
      return readMap(node.entries, schema);
  }
}

function readMap(entries: { key: ScalarNode; value: Node }[], schema: JsonSchema | undefined): unknown {
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of entries) {
    const known = schema?.properties;
    const property = known && Object.hasOwn(known, key.text) ? known[key.text] : undefined;
    const others = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    result[key.text] = readNode(value, property ?? others);
  }
  return result;
}

function readScalar({ text, plain }: ScalarNode, schema: JsonSchema | undefined): unknown {
  const types = typesOf(schema);
  if (plain && types.has('null') && isNullText(text)) return null;
  if (plain && types.has('boolean') && BOOLEAN.test(text)) return text.toLowerCase() === 'true';
  if (plain && (types.has('integer') || types.has('number')) && isNumber(text)) return Number(text);
  if (plain && isNullText(text) && !types.has('string')) return null;
  return text;
}

const BOOLEAN = /^(true|True|TRUE|false|False|FALSE)$/;
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;

/** Numbers that a JavaScript number holds exactly; a larger one stays text, for the validator to say so. */
function isNumber(text: string): boolean {
  return (
    text.length <= 40 && NUMBER.test(text) && (!Number.isInteger(Number(text)) || Number.isSafeInteger(Number(text)))
  );
}

function typesOf(schema: JsonSchema | undefined): Set<string> {
  const { type } = schema ?? {};
  if (type === undefined) return new Set(['string']);
  return new Set(typeof type === 'string' ? [type] : type);
}
