/** What a schema takes, in the words of messages. */
import { EXPRESSION, type JsonSchema } from '../steps/schema';

export function typesOf({ type = [] }: JsonSchema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
}

/** `a duration such as 3s`, `true or false`, `a list with something in it`. */
export function expectation(schema: JsonSchema): string {
  if (schema.expects !== undefined) return schema.expects;
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`;
  const words = typesOf(schema).flatMap((type) => (type === 'null' ? [] : [wordFor(type, schema)]));
  return [...new Set(words)].join(' or ');
}

function wordFor(type: string, schema: JsonSchema): string {
  switch (type) {
    case 'string':
      return schema.pattern === EXPRESSION.source ? 'an expression' : schema.names ? 'a name' : 'a text';
    case 'integer':
      return schema.minimum === undefined ? 'a whole number' : `a whole number from ${schema.minimum} on`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return schema.steps
        ? 'a list of steps'
        : schema.minItems === undefined
          ? 'a list'
          : schema.minItems === 1
            ? 'a list with something in it'
            : `a list of at least ${schema.minItems}`;
    case 'object':
      return 'a map';
    default:
      return type;
  }
}
