/** The arguments of an action: their shape, the names in them, and what goes together. */
import type { Problem } from '../errors';
import type { JsonSchema } from '../steps/schema';
import type { Step } from '../steps/step';
import { containsExpression, unescape } from './expressions';
import { report, type LoadContext } from './load-context';
import { withMeantResults } from './meant-results';
import { undeclared } from './names';
import { cut, describe, locate, valueOf, type MapEntry, type MapNode, type Node } from './node';
import { flagNameProblems } from './owned-flags';
import { problemAt } from './parse';
import { patternProblems } from './patterns';
import { checkResultsUsed } from './results-used';
import { validate } from './validate';

/** The short form spelt out: `kill: etcd-1` becomes `kill: {member: etcd-1}`. */
export function spellOut(value: Node, step: Step, context: LoadContext): MapNode | undefined {
  if (value.kind === 'map') return value;
  if (value.kind === 'scalar' && value.plain && value.text === '') {
    const at = { start: value.start, end: value.start + 1 };
    report(context, at, 'wrong-value', `\`${step.name}\` says nothing of what it takes`, usage(step));
    return undefined;
  }
  if (step.main === undefined) {
    report(context, value, 'wrong-value', `\`${step.name}\` takes a map, not ${describe(value)}`, usage(step));
    return undefined;
  }
  const key = { kind: 'scalar', text: step.main, plain: true, start: value.start, end: value.start } as const;
  return { kind: 'map', entries: [{ key, value }], start: value.start, end: value.end };
}

function usage({ name, schema: { properties = {}, required = [] } }: Step): string {
  const keys = Object.keys(properties).map((key) => `\`${key}\``);
  const least = required.filter((key) => !areSteps(properties[key])).map((key) => `${key}: …`);
  const has = `it has ${keys.join(', ')}`;
  return least.length === 0 ? has : `write \`${name}: {${least.join(', ')}}\`; ${has}`;
}

export function checkArguments(args: MapNode, step: Step, entry: MapEntry, context: LoadContext): void {
  const { source } = context;
  const own = ownArguments(args, step.schema);
  checkResultsUsed(own, step, context);
  const lenient = containsExpression(own);
  const node = lenient ? args : withOwn(args, step.schema, unescape);
  const what = `\`${step.name}\``;
  const { value, problems } = validate(source, node, shallow(step.schema), { what, lenient });
  // A key that the step as a whole lacks points at its name, which says more than its first argument.
  const told = problems.map((one) => (isWhole(one, args, context) ? moved(one, { entry, step }, context) : one));
  context.problems.push(...withMeantResults(told, own, step.schema, context));
  const sound = { ...own, entries: own.entries.filter((one) => !isWrong(one.value, problems, context)) };
  const found = [
    ...(context.members ? undeclared(source, sound, step.schema, context.members) : []),
    ...patternProblems(source, sound, step.schema),
    ...flagNameProblems(source, valueOf(sound, 'flags')),
  ];
  context.problems.push(...withMeantResults(found, own, step.schema, context));
  if (lenient || problems.length > 0 || found.length > 0) return;
  for (const { rule = 'arguments', pointer, message, hint } of step.bind(value).check()) {
    report(context, pointer === '' ? entry.key : locate(args, pointer), rule, message, hint);
  }
}

function isWhole({ rule, place }: Problem, args: MapNode, { source }: LoadContext): boolean {
  const { line, column } = source.place(args.start);
  return rule === 'missing-key' && place.line === line && place.column === column;
}

function moved({ rule, message }: Problem, of: { entry: MapEntry; step: Step }, { source }: LoadContext): Problem {
  const { key, value } = of.entry;
  const hint = value.kind === 'map' ? undefined : inShort(of.step, value);
  return problemAt(source, key, rule, message, hint);
}

/** What the short form says, where more has to be said. */
function inShort({ name, main = '', schema: { required = [] } }: Step, value: Node): string {
  const more = required.filter((key) => key !== main).map((key) => `${key}: …`);
  const written = value.kind === 'scalar' ? cut(value.text) : '[…]';
  return `in short \`${name}: ${written}\` is its \`${main}\`; write \`${name}: {${main}: ${written}, ${more.join(', ')}}\``;
}

/** True where a problem of shape lies within the node: what else is to be said of it would only repeat that. */
function isWrong(node: Node, problems: readonly Problem[], { source }: LoadContext): boolean {
  return problems.some(({ place }) => {
    const at = (node.source ?? source).offset(place);
    return place.file === (node.source ?? source).path && at >= node.start && at <= node.end;
  });
}

/** The arguments without the steps of a block: those have expressions of their own. */
export function ownArguments(args: MapNode, schema: JsonSchema): MapNode {
  return { ...args, entries: args.entries.filter(({ key }) => !isStepList(key.text, schema)) };
}

function withOwn(args: MapNode, schema: JsonSchema, change: (node: Node) => Node): MapNode {
  const entries = args.entries.map(({ key, value }) => ({
    key,
    value: isStepList(key.text, schema) ? value : change(value),
  }));
  return { ...args, entries };
}

function isStepList(key: string, { properties }: JsonSchema): boolean {
  return properties !== undefined && Object.hasOwn(properties, key) && areSteps(properties[key]);
}

/** Whether steps stand there, or one: the loader's business. */
export function areSteps(schema: JsonSchema | undefined): boolean {
  return schema?.steps === true || schema?.step !== undefined;
}

/** Whether it is a block's. Any other schema is used as it is, so that it is compiled once. */
export function holdsSteps({ properties = {} }: JsonSchema): boolean {
  return Object.values(properties).some(areSteps);
}

const ONE_STEP: JsonSchema = { type: 'object', expects: 'a step, such as {expect: {healthy: all}}' };

const shallowSchemas = new WeakMap<JsonSchema, JsonSchema>();

/** The schema with nested steps left to the loader. */
export function shallow(schema: JsonSchema): JsonSchema {
  if (!holdsSteps(schema)) return schema;
  const known = shallowSchemas.get(schema);
  if (known) return known;
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([key, inner]) => [
      key,
      inner.steps ? { type: 'array', minItems: 1, steps: true } : inner.step ? ONE_STEP : inner,
    ]),
  );
  const made = { ...schema, properties };
  shallowSchemas.set(schema, made);
  return made;
}
