/** One step of a file: its action, its modifiers, its arguments, all checked. */
import { Unmet, type Problem } from '../errors';
import { nearest, textMatcher, type TextPattern } from '../match';
import { STEPS } from '../steps';
import type { JsonSchema } from '../steps/schema';
import type { BoundStep, Step } from '../steps/step';
import { containsExpression, substitute, type Lookup } from './expressions';
import { describe, locate, valueOf, type MapEntry, type MapNode, type Node } from './node';
import { undeclared } from './names';
import { problemAt } from './parse';
import type { SourceFile } from '../source';
import { asNested, type LoadedStep, type Modifiers, type Scope } from './scenario';
import { conditionOf, MODIFIERS, modifiersOf } from './top-level';
import { validate } from './validate';

/** Verbs that the language reserves: using one says so. */
const RESERVED_ACTIONS: ReadonlyMap<string, string> = new Map(
  [
    'partition',
    'heal',
    'delay',
    'corrupt',
    'fill-disk',
    'pause',
    'resume',
    'upgrade',
    'downgrade',
    'during',
    'use',
  ].map((name) => [name, `\`${name}\` is reserved and not built yet`]),
);

/** What steps are loaded with: the file, the declared members, and where problems go. */
export interface LoadContext {
  source: SourceFile;
  members: readonly string[];
  problems: Problem[];
  /** The results that steps before this one keep. */
  results: Set<string>;
}

/** All steps of a list; those with problems are left out. */
export function loadSteps(
  list: Node,
  options: { prefix: string; phase: LoadedStep['phase'] },
  context: LoadContext,
): LoadedStep[] {
  if (list.kind !== 'seq') {
    report(context, list, 'wrong-value', `steps are a list, not ${describe(list)}`);
    return [];
  }
  return list.items.flatMap((item, i) => {
    const loaded = loadStep(item, { id: `${options.prefix}${i + 1}`, phase: options.phase }, context);
    return loaded ? [loaded] : [];
  });
}

function loadStep(
  node: Node,
  identity: { id: string; phase: LoadedStep['phase'] },
  context: LoadContext,
): LoadedStep | undefined {
  if (node.kind !== 'map') {
    const hint = node.kind === 'scalar' && STEPS.has(node.text) ? `write \`${node.text}: …\`` : 'like `- kill: etcd-1`';
    report(context, node, 'wrong-value', `a step is a map with one action, not ${describe(node)}`, hint);
    return undefined;
  }
  const action = findAction(node, context);
  if (!action) return undefined;
  const { entry, step } = action;
  const modifiers = loadModifiers(node, step, context);
  const args = spellOut(entry.value, step, context);
  if (!args) return undefined;
  const nested = loadNested(args, step, identity, context);
  const before = context.problems.length;
  checkArguments(args, step, modifiers, entry, context);
  if (modifiers.as !== undefined) keepResult(modifiers.as, node, context);
  if (context.problems.length > before) return undefined;
  const { source } = context;
  return {
    ...identity,
    step,
    source,
    place: source.place(entry.key.start, entry.key.end),
    args,
    modifiers,
    nested,
    bind: (scope) => bindStep(source, step, args, nested, scope),
  };
}

/** The one action of a step. Unknown keys and a second action are reported, each once. */
function findAction(node: MapNode, context: LoadContext): { entry: MapEntry; step: Step } | undefined {
  const modifiers = Object.keys(MODIFIERS.properties ?? {});
  const actions = node.entries.filter(({ key }) => STEPS.has(key.text));
  for (const { key } of node.entries) {
    if (STEPS.has(key.text) || modifiers.includes(key.text) || key.text.startsWith('x-')) continue;
    const reserved = RESERVED_ACTIONS.get(key.text);
    const near = nearest(key.text, [...(actions.length === 0 ? STEPS.keys() : []), ...modifiers]);
    const kind = actions.length === 0 ? 'action' : 'modifier';
    const hint =
      near === undefined
        ? `${kind}s are ${(actions.length === 0 ? [...STEPS.keys()] : modifiers).join(', ')}`
        : `did you mean \`${near}\`?`;
    if (reserved !== undefined) report(context, key, 'reserved', reserved);
    else report(context, key, 'unknown-key', `there is no ${kind} \`${key.text}\``, hint);
    return undefined;
  }
  const [entry, second] = actions;
  if (!entry) {
    report(
      context,
      { start: node.start, end: node.start + 1 },
      'no-action',
      'this step has no action',
      'like `- kill: etcd-1`',
    );
    return undefined;
  }
  if (second) {
    const message = `a step has one action, and this one has \`${entry.key.text}\` and \`${second.key.text}\``;
    report(context, second.key, 'second-action', message, 'write two steps');
    return undefined;
  }
  const step = STEPS.get(entry.key.text);
  return step ? { entry, step } : undefined;
}

function loadModifiers(node: MapNode, step: Step, context: LoadContext): Modifiers {
  const known = MODIFIERS.properties ?? {};
  const entries = node.entries.filter(({ key }) => Object.hasOwn(known, key.text));
  const { value, problems } = validate(context.source, { ...node, entries }, MODIFIERS, {
    what: `\`${step.name}\``,
    lenient: false,
  });
  context.problems.push(...problems);
  if (problems.length > 0) return {};
  const whenNode = valueOf(node, 'when');
  const when = whenNode && conditionOf(context.source, (value as { when?: unknown }).when, whenNode);
  context.problems.push(...(when?.problems ?? []));
  const modifiers = modifiersOf(value as Record<string, unknown>, when?.condition);
  const refuse = (key: string, message: string): void => report(context, keyNode(node, key), 'modifier', message);
  if (modifiers.withinMs !== undefined && step.retry === 'never') {
    refuse('within', `\`${step.name}\` is tried once: \`within\` is for reads, writes, member changes and expect`);
  }
  if (modifiers.forMs !== undefined && !step.holds) refuse('for', `\`for\` stands only beside \`expect\``);
  if (modifiers.timeoutMs !== undefined && step.timeoutMs === 0) refuse('timeout', `\`${step.name}\` has no deadline`);
  if (modifiers.expectError !== undefined) checkExpectError(modifiers.expectError, node, step, refuse);
  return modifiers;
}

function checkExpectError(
  patterns: TextPattern | TextPattern[],
  node: MapNode,
  step: Step,
  refuse: (key: string, message: string) => void,
): void {
  try {
    textMatcher(patterns);
  } catch (thrown) {
    refuse('expectError', `this is no regular expression: ${(thrown as Error).message}`);
  }
  const silent = ['expect', 'note', 'sleep', 'parallel', 'repeat', 'wipe'];
  if (silent.includes(step.name)) refuse('expectError', `etcd says nothing to \`${step.name}\` that could be expected`);
  const args = valueOf(node, step.name);
  const compared = ['value', 'absent', 'count'].find((key) => args?.kind === 'map' && valueOf(args, key) !== undefined);
  if (compared !== undefined && ['get', 'delete'].includes(step.name)) {
    refuse('expectError', `\`expectError\` is about what etcd says; it does not negate \`${compared}\``);
  }
}

function keyNode(node: MapNode, key: string): { start: number; end: number } {
  return node.entries.find((entry) => entry.key.text === key)?.key ?? node;
}

/** The short form spelt out: `kill: etcd-1` becomes `kill: {member: etcd-1}`. */
function spellOut(value: Node, step: Step, context: LoadContext): MapNode | undefined {
  if (value.kind === 'map') return value;
  if (value.kind === 'scalar' && value.plain && value.text === '') {
    report(
      context,
      { start: value.start, end: value.start + 1 },
      'wrong-value',
      `\`${step.name}\` says nothing of what it takes`,
      usage(step),
    );
    return undefined;
  }
  if (step.main === undefined) {
    report(context, value, 'wrong-value', `\`${step.name}\` takes a map, not ${describe(value)}`, usage(step));
    return undefined;
  }
  const key = { kind: 'scalar', text: step.main, plain: true, start: value.start, end: value.start } as const;
  return { kind: 'map', entries: [{ key, value }], start: value.start, end: value.end };
}

function usage(step: Step): string {
  return `it has ${Object.keys(step.schema.properties ?? {})
    .map((key) => `\`${key}\``)
    .join(', ')}`;
}

function loadNested(
  args: MapNode,
  step: Step,
  identity: { id: string; phase: LoadedStep['phase'] },
  context: LoadContext,
): LoadedStep[] {
  for (const [key, schema] of Object.entries(step.schema.properties ?? {})) {
    const list = schema.steps ? valueOf(args, key) : undefined;
    if (list) return loadSteps(list, { prefix: `${identity.id}.`, phase: identity.phase }, context);
  }
  return [];
}

function checkArguments(args: MapNode, step: Step, modifiers: Modifiers, entry: MapEntry, context: LoadContext): void {
  const { source } = context;
  const lenient = containsExpression(ownArguments(args, step.schema));
  const { value, problems } = validate(source, args, shallow(step.schema), { what: `\`${step.name}\``, lenient });
  // A problem of the step as a whole points at its name, which says more than its first argument.
  context.problems.push(
    ...problems.map((problem) => (isWhole(problem, args, source) ? at(problem, entry, source) : problem)),
  );
  checkResultsUsed(args, step.schema, context);
  if (problems.length > 0) return;
  context.problems.push(...undeclared(source, args, step.schema, context.members));
  if (lenient) return;
  for (const { pointer, message, hint } of step.bind(value).check()) {
    const node = pointer === '' ? entry.key : locate(args, pointer);
    report(context, node, 'arguments', message, hint);
  }
}

function isWhole(problem: Problem, args: MapNode, source: SourceFile): boolean {
  const { line, column } = source.place(args.start);
  return problem.rule === 'missing-key' && problem.place.line === line && problem.place.column === column;
}

function at(problem: Problem, entry: MapEntry, source: SourceFile): Problem {
  const moved = problemAt(source, entry.key, problem.rule, problem.message, problem.hint);
  return moved;
}

/** The arguments without the steps of a block: those have expressions of their own. */
function ownArguments(args: MapNode, schema: JsonSchema): MapNode {
  return { ...args, entries: args.entries.filter(({ key }) => !schema.properties?.[key.text]?.steps) };
}

const shallowSchemas = new WeakMap<JsonSchema, JsonSchema>();

/** The schema with nested steps left to the loader. */
function shallow(schema: JsonSchema): JsonSchema {
  const known = shallowSchemas.get(schema);
  if (known) return known;
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([key, inner]) => [
      key,
      inner.steps ? { type: 'array', minItems: 1, items: { type: 'object' } } : inner,
    ]),
  );
  const made = { ...schema, properties };
  shallowSchemas.set(schema, made);
  return made;
}

function checkResultsUsed(args: MapNode, schema: JsonSchema, context: LoadContext): void {
  const lookup: Lookup = (name) => {
    const [root, result] = name.split('.');
    if (root === 'repeat') return name === 'repeat.index' ? 'later' : { problem: `there is no \`${name}\`` };
    if (root !== 'results') return { problem: `\`${name}\` is nothing that could be used here` };
    if (result !== undefined && context.results.has(result)) return 'later';
    const near = nearest(result ?? '', context.results);
    const hint = near === undefined ? '' : `; did you mean \`results.${near}\`?`;
    return { problem: `no step before this one keeps a result \`as: ${result ?? ''}\`${hint}` };
  };
  substitute(ownArguments(args, schema), lookup, {
    final: false,
    onProblem: (node, message) => report(context, node, 'unknown-name', message),
  });
}

function keepResult(name: string, node: MapNode, context: LoadContext): void {
  if (context.results.has(name)) {
    report(context, keyNode(node, 'as'), 'result-twice', `an earlier step keeps its result as \`${name}\` already`);
  }
  context.results.add(name);
}

function bindStep(source: SourceFile, step: Step, args: Node, nested: LoadedStep[], scope: Scope): BoundStep {
  const own = args.kind === 'map' ? ownArguments(args, step.schema) : args;
  const node = containsExpression(own) ? resolve(own, scope) : own;
  const schema = {
    ...step.schema,
    required: (step.schema.required ?? []).filter((key) => !step.schema.properties?.[key]?.steps),
  };
  const { value, problems } = validate(source, node, cached(step, schema), {
    what: `\`${step.name}\``,
    lenient: false,
  });
  const [problem] = problems;
  if (problem) throw new Unmet(problem.message);
  const bound = step.bind(withNested(value as Record<string, unknown>, step, nested));
  const [wrong] = bound.check();
  if (wrong) throw new Unmet(wrong.message);
  return bound;
}

const bindSchemas = new WeakMap<Step, JsonSchema>();

function cached(step: Step, schema: JsonSchema): JsonSchema {
  const known = bindSchemas.get(step) ?? schema;
  bindSchemas.set(step, known);
  return known;
}

function withNested(value: Record<string, unknown>, step: Step, nested: LoadedStep[]): Record<string, unknown> {
  const key = Object.keys(step.schema.properties ?? {}).find((name) => step.schema.properties?.[name]?.steps);
  return key === undefined ? value : { ...value, [key]: asNested(nested) };
}

function resolve(node: Node, scope: Scope): Node {
  const lookup: Lookup = (name) => {
    if (name === 'repeat.index') {
      return scope.repeatIndex === undefined
        ? { problem: '`repeat.index` stands outside of a `repeat`' }
        : { value: scope.repeatIndex };
    }
    return lookUpResult(name.split('.').slice(1), scope);
  };
  return substitute(node, lookup, {
    final: true,
    onProblem: (_, message) => {
      throw new Unmet(message);
    },
  });
}

function lookUpResult(path: string[], scope: Scope): { value: unknown } | { problem: string } {
  const [result = '', ...keys] = path;
  if (scope.skipped.has(result)) return { problem: `the step that keeps \`results.${result}\` was skipped` };
  let value: unknown = scope.results.get(result);
  if (value === undefined) return { problem: `\`results.${result}\` is not there: its step left no result` };
  for (const key of keys) {
    const record = value as Record<string, unknown>;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(record, key)) {
      return { problem: `\`results.${result}\` has no \`${key}\`` };
    }
    value = record[key];
  }
  return { value };
}

function report(
  context: LoadContext,
  range: { start: number; end: number },
  rule: string,
  message: string,
  hint?: string,
): void {
  context.problems.push(problemAt(context.source, range, rule, message, hint));
}
