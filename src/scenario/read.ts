/** A node as the value that its schema asks for: text stays as written, numbers and booleans are typed only where asked for. */
import type { JsonSchema } from '../steps/schema';
import { isNullText, schemaUnder, type Node, type ScalarNode } from './node';

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
    result[key.text] = readNode(value, schema && schemaUnder(key.text, schema));
  }
  return result;
}

function readScalar({ text, plain }: ScalarNode, schema: JsonSchema | undefined): unknown {
  const types = typesOf(schema);
  if (plain && types.includes('null') && isNullText(text)) return null;
  if (plain && types.includes('boolean') && BOOLEAN.test(text)) return text.toLowerCase() === 'true';
  if (plain && (types.includes('integer') || types.includes('number')) && isNumber(text)) return Number(text);
  if (plain && isNullText(text) && !types.includes('string')) return null;
  return text;
}

const BOOLEAN = /^(true|True|TRUE|false|False|FALSE)$/;
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;

/** Numbers that a JavaScript number holds exactly; a larger one stays text, for the validator to say so. */
function isNumber(text: string): boolean {
  if (text.length > LONGEST_NUMBER || !NUMBER.test(text)) return false;
  const value = Number(text);
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

/** More characters than any number has that a person writes. */
const LONGEST_NUMBER = 40;

function typesOf(schema: JsonSchema | undefined): readonly string[] {
  const type = schema?.type ?? 'string';
  return typeof type === 'string' ? [type] : type;
}
