/** Values against schemas, by ajv: one message for one mistake, each with its place. */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { EXPRESSION, type JsonSchema } from '../steps/schema';
import { describe, locate, type Node } from './node';
import { problemAt } from './parse';
import { readNode } from './read';

let ajv: Ajv | undefined;
const compiled = new WeakMap<JsonSchema, { strict?: ValidateFunction; lenient?: ValidateFunction }>();

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
  return { value, problems: problemsOf(check.errors ?? [], { source, node, schema, what: options.what }) };
}

function validator(schema: JsonSchema, lenient: boolean): ValidateFunction {
  const known = compiled.get(schema) ?? {};
  compiled.set(schema, known);
  ajv ??= new Ajv({ allErrors: true, strict: false, verbose: true });
  if (lenient) return (known.lenient ??= ajv.compile(withExpressions(schema)));
  return (known.strict ??= ajv.compile(schema));
}

/** The schema in which every value that is not text may be an expression too. */
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
  const inner = withExpressions(schema);
  const types = typeof schema.type === 'string' ? [schema.type] : [...(schema.type ?? [])];
  if (types.includes('string')) {
    if (schema.enum !== undefined) return { ...inner, enum: undefined, pattern: orPattern(enumPattern(schema.enum)) };
    return schema.pattern === undefined ? inner : { ...inner, pattern: orPattern(schema.pattern) };
  }
  return { ...inner, type: [...types, 'string'], pattern: EXPRESSION.source };
}

/** A pattern that a text with an expression inside fits as well. */
function orPattern(pattern: string): string {
  return `(${pattern})|\\$\\{[^{}]+\\}`;
}

function enumPattern(values: readonly unknown[]): string {
  return `^(${values.map((value) => String(value).replace(/[^\w]/g, '\\$&')).join('|')})$`;
}

function mapValues(
  record: Readonly<Record<string, JsonSchema>>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(record).map(([key, schema]) => [key, change(schema)]));
}

interface Subject {
  source: SourceFile;
  node: Node;
  schema: JsonSchema;
  what: string;
}

function problemsOf(errors: ErrorObject[], subject: Subject): Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of errors) {
    const problem = problemOf(error, subject);
    const at = `${problem.place.line}:${problem.place.column}`;
    if (!problems.has(at)) problems.set(at, problem);
  }
  return [...problems.values()];
}

function problemOf(error: ErrorObject, subject: Subject): Problem {
  const node = locate(subject.node, error.instancePath);
  const where = error.instancePath === '' ? subject.what : `\`${error.instancePath.split('/').at(-1)}\``;
  const schema = error.parentSchema as JsonSchema;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error, node, where, schema, subject);
    case 'required': {
      const { missingProperty } = error.params as { missingProperty: string };
      return at(subject, node, 'missing-key', `${where} lacks \`${missingProperty}\``);
    }
    case 'enum':
      return oneOf(subject, node, where, (error.params as { allowedValues: unknown[] }).allowedValues.map(String));
    default:
      return at(subject, node, 'wrong-value', `${where} takes ${expectation(schema)}, not ${describe(node)}`);
  }
}

function unknownKey(error: ErrorObject, node: Node, where: string, schema: JsonSchema, subject: Subject): Problem {
  const key = (error.params as { additionalProperty: string }).additionalProperty;
  const known = Object.keys(schema.properties ?? {});
  const entry = node.kind === 'map' ? node.entries.find((one) => one.key.text === key) : undefined;
  const near = nearest(key, known);
  const hint =
    near === undefined ? `it has ${known.map((one) => `\`${one}\``).join(', ')}` : `did you mean \`${near}\`?`;
  return at(subject, entry?.key ?? node, 'unknown-key', `${where} has no \`${key}\``, hint);
}

function oneOf(subject: Subject, node: Node, where: string, allowed: string[]): Problem {
  const near = node.kind === 'scalar' ? nearest(node.text, allowed) : undefined;
  const message = `${where} takes one of ${allowed.join(', ')}, not ${describe(node)}`;
  return at(subject, node, 'wrong-value', message, near === undefined ? undefined : `did you mean \`${near}\`?`);
}

function expectation(schema: JsonSchema): string {
  if (schema.expects !== undefined) return schema.expects;
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`;
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const words = types.filter((type) => type !== 'null').map((type) => wordFor(type, schema));
  return [...new Set(words)].join(' or ');
}

function wordFor(type: string, schema: JsonSchema): string {
  switch (type) {
    case 'string':
      return schema.pattern === EXPRESSION.source ? 'an expression' : 'a text';
    case 'integer':
      return schema.minimum === undefined ? 'a whole number' : `a whole number from ${schema.minimum} on`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return schema.minItems === undefined ? 'a list' : 'a list with something in it';
    case 'object':
      return 'a map';
    default:
      return type;
  }
}

function at(subject: Subject, node: Node, rule: string, message: string, hint?: string): Problem {
  const range = node.kind === 'scalar' ? node : { start: node.start, end: node.start + 1 };
  return problemAt(subject.source, range, rule, message, hint);
}
