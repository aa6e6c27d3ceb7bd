/** Values against schemas, by ajv: one message for one mistake, each with its place. */
import type { Problem } from '../errors';
import type { SourceFile } from '../source';
import { EXPRESSION, type JsonSchema } from '../steps/schema';
import type { Node } from './node';
import { readNode } from './read';
import { shapeProblems } from './shape-problems';
import { validatorOf, type Validator } from './validator';

const compiled = new WeakMap<JsonSchema, { strict?: Validator; lenient?: Validator }>();

export interface Validated {
  value: unknown;
  problems: Problem[];
}

/**
 * Reads a node under a schema and checks it. With `lenient`, an expression may stand where something else than text is
 * asked for. `what` names the thing in messages: `\`put\``.
 */
export function validate(
  source: SourceFile,
  node: Node,
  schema: JsonSchema,
  options: { what: string; lenient: boolean },
): Validated {
  const value = readNode(node, schema);
  const check = validator(schema, options.lenient);
  if (check(value)) return { value, problems: [] };
  return { value, problems: shapeProblems(check.errors ?? [], { source, node, what: options.what }) };
}

function validator(schema: JsonSchema, lenient: boolean): Validator {
  const known = compiled.get(schema) ?? {};
  compiled.set(schema, known);
  if (lenient) return (known.lenient ??= validatorOf(withExpressions(schema)));
  return (known.strict ??= validatorOf(schema));
}

/** The schema in which every value that is not text may be an expression too. A list of steps may not: it is structure. */
export function withExpressions(schema: JsonSchema): JsonSchema {
  return {
    ...schema,
    ...(schema.properties ? { properties: mapValues(schema.properties, orExpression) } : {}),
    ...(schema.items ? { items: orExpression(schema.items) } : {}),
    ...(typeof schema.additionalProperties === 'object'
      ? { additionalProperties: orExpression(schema.additionalProperties) }
      : {}),
  };
}

function orExpression(schema: JsonSchema): JsonSchema {
  if (schema.steps || schema.step) return schema;
  const inner = withExpressions(schema);
  const types = typeof schema.type === 'string' ? [schema.type] : [...(schema.type ?? [])];
  if (types.includes('string')) {
    if (schema.enum !== undefined) {
      const expects = schema.expects ?? `one of ${schema.enum.map(String).join(', ')}`;
      return {
        ...inner,
        enum: undefined,
        examples: schema.enum,
        expects,
        pattern: orPattern(enumPattern(schema.enum)),
      };
    }
    return schema.pattern === undefined ? inner : { ...inner, pattern: orPattern(schema.pattern) };
  }
  const expressive = { ...inner, type: [...types, 'string'], pattern: EXPRESSION.source };
  return schema.enum === undefined ? expressive : { ...expressive, ...between(schema.enum) };
}

/** Numbers that may be an expression as well: their bounds stand for the list. */
function between(numbers: readonly unknown[]): JsonSchema {
  const known = numbers.map(Number);
  const expects = `one of ${known.join(', ')}`;
  return { enum: undefined, expects, minimum: Math.min(...known), maximum: Math.max(...known) };
}

/** A pattern that a text with an expression inside fits as well. */
function orPattern(pattern: string): string {
  return `(${pattern})|\\$\\{[^{}]+\\}`;
}

function enumPattern(values: readonly unknown[]): string {
  return `^(${values.map((value) => String(value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`;
}

function mapValues(
  record: Readonly<Record<string, JsonSchema>>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(record).map(([key, schema]) => [key, change(schema)]));
}
