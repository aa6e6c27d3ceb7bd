/** One step of a file: its action, its modifiers, its arguments, all checked. */
import type { Problem } from '../errors';
import { nearest } from '../match';
import { meantAction } from './meant-action';
import { STEPS } from '../steps';
import type { JsonSchema } from '../steps/schema';
import type { Step } from '../steps/step';
import { checkArguments, spellOut } from './arguments';
import { binderOf } from './bind';
import { KnownResults } from './known-results';
import { isFull, keyOf, MAX_STEPS, report, usedAtOf, type LoadContext } from './load-context';
import { loadModifiers } from './load-modifiers';
import { cut, describe, valueOf, type MapEntry, type MapNode, type Node } from './node';
import { memberClashes } from './parallel';
import { withPaths } from './paths';
import type { LoadedStep } from './scenario';
import { withoutStrays } from './strays';
import { loadUsed } from './use';
import { AS_PATTERN, MODIFIERS, RESERVED_ACTIONS, RESERVED_MODIFIERS } from './top-level';

type Identity = Pick<LoadedStep, 'id' | 'phase'>;

/** All steps of a list; those with problems are left out. */
export function loadSteps(
  list: Node,
  options: { prefix: string; phase: LoadedStep['phase']; sideBySide?: boolean },
  context: LoadContext,
): LoadedStep[] {
  if (list.kind !== 'seq') return [];
  // Steps side by side do not see each other's results; what comes after them sees those of all.
  const kept = options.sideBySide ? new KnownResults() : context.results;
  const steps = list.items.flatMap((item, i) => {
    if (isFull(context) || isSpent(item, context)) return [];
    const own = options.sideBySide ? { ...context, results: new KnownResults(context.results) } : context;
    const loaded = loadStep(item, { id: `${options.prefix}${i + 1}`, phase: options.phase }, own);
    if (options.sideBySide) kept.addAll(own.results);
    return loaded ? [loaded] : [];
  });
  if (options.sideBySide) context.results.addAll(kept);
  return steps;
}

/** True where the file has more steps than anybody runs, which is reported once. */
function isSpent(at: Node, context: LoadContext): boolean {
  const { budget } = context;
  budget.steps -= 1;
  if (budget.steps === -1) {
    const hint = 'with its parts and all combinations of its matrix';
    report(context, at, 'too-many-steps', `the scenario has more than ${MAX_STEPS} steps`, hint);
  }
  return budget.steps < 0;
}

function loadStep(node: Node, identity: Identity, context: LoadContext): LoadedStep | undefined {
  if (node.kind !== 'map') {
    const [word = '', ...more] = node.kind === 'scalar' ? node.text.split(/[\s:]+/) : [];
    const hint = STEPS.has(word)
      ? `write \`- ${word}: ${more.length === 0 ? '…' : cut(more.join(' '))}\``
      : 'one is like `- kill: etcd-1`, a text with `: ` after its first word';
    report(context, node, 'wrong-value', `a step is a map with one action, not ${describe(node)}`, hint);
    return undefined;
  }
  const before = context.problems.length;
  const action = findAction(node, context);
  const loaded = action && loadAction(node, action, identity, context);
  if (action) nameThePage(action.step, context.problems.slice(before));
  keepResult(node, action?.step, context);
  return context.problems.length > before ? undefined : loaded;
}

/** What is wrong in a step is told with the page that says what would be right; a nested step's has its own. */
function nameThePage({ name }: Step, problems: readonly Problem[]): void {
  for (const problem of problems) problem.page ??= `etcd-scenarios steps ${name}`;
}

function loadAction(
  node: MapNode,
  { entry, step }: { entry: MapEntry; step: Step },
  identity: Identity,
  context: LoadContext,
): LoadedStep | undefined {
  const { modifiers, beside } = loadModifiers(node, step, context);
  const spelt = spellOut(entry.value, step, context);
  const written = spelt && withoutStrays(spelt, step, context);
  if (!written) return undefined;
  const nested = loadNested(written, step, identity, context);
  const until = loadUntil(written, step, identity, context);
  checkArguments(written, step, entry, context);
  const args = withPaths(written, step.schema, context);
  const { source } = context;
  return {
    ...identity,
    step,
    source,
    place: source.place(entry.key.start, entry.key.end),
    usedAt: usedAtOf(context),
    args,
    modifiers,
    beside,
    nested,
    ...(until ? { until } : {}),
    bind: binderOf(source, step, argsToBind(args, step), { nested, until }),
  };
}

/** What is bound when the step runs: the values of a `use` were put into the steps of its part. */
function argsToBind(args: MapNode, { name }: Step): MapNode {
  return name === 'use' ? { ...args, entries: args.entries.filter(({ key }) => key.text !== 'with') } : args;
}

/** The one action of a step. What is neither action nor modifier is reported, and a second action is. */
function findAction(node: MapNode, context: LoadContext): { entry: MapEntry; step: Step } | undefined {
  const actions = node.entries.filter(({ key }) => STEPS.has(key.text));
  const strangers = node.entries.filter(({ key: { text } }) => !STEPS.has(text) && !isModifier(text));
  const [entry, second] = actions;
  const step = entry && STEPS.get(entry.key.text);
  if (!step) {
    refuseWithoutAction(node, strangers, context);
    return undefined;
  }
  const misplaced = strangers.filter(({ key }) => isArgument(key.text, step.schema));
  if (misplaced[0]) reportMisplaced(misplaced[0], step, context);
  for (const stranger of strangers) {
    if (!misplaced.includes(stranger)) reportModifier(stranger, context);
  }
  if (second) {
    const message = `a step has one action, and this one has \`${step.name}\` and \`${second.key.text}\``;
    report(context, second.key, 'second-action', message, `write two steps: \`- ${second.key.text}: …\``);
  }
  return second || misplaced.length > 0 ? undefined : { entry, step };
}

function isModifier(key: string): boolean {
  return Object.hasOwn(MODIFIERS.properties ?? {}, key) || key.startsWith('x-');
}

function isArgument(key: string, schema: JsonSchema): boolean {
  return Object.hasOwn(schema.properties ?? {}, key);
}

function reportMisplaced({ key }: MapEntry, step: Step, context: LoadContext): void {
  const hint = `indent it further than \`${step.name}\`, or write \`${step.name}: {${key.text}: …}\``;
  report(context, key, 'misplaced', `\`${key.text}\` is an argument of \`${step.name}\`, and stands beside it`, hint);
}

function refuseWithoutAction(node: MapNode, strangers: readonly MapEntry[], context: LoadContext): void {
  const names = [...STEPS.keys()];
  const meant =
    strangers.find(({ key }) => RESERVED_ACTIONS.has(key.text)) ??
    strangers.find(({ key }) => meantAction(key.text) !== undefined) ??
    strangers[0];
  if (!meant) {
    const at = { start: node.start, end: node.start + 1 };
    const hint = 'one is like `- kill: etcd-1`; is there a `-` too many before the action?';
    report(context, at, 'no-action', 'this step has no action', hint);
    return;
  }
  const { text } = meant.key;
  const near = meantAction(text);
  if (RESERVED_ACTIONS.has(text)) {
    report(context, meant.key, 'reserved', `\`${text}\` is reserved and not built yet`);
  } else {
    const hint = near === undefined ? `actions are ${names.join(', ')}` : `did you mean \`${near.written}\`?`;
    report(context, meant.key, 'unknown-key', `there is no action \`${cut(text)}\``, hint);
  }
  const schema = near === undefined ? undefined : STEPS.get(near.action)?.schema;
  for (const stranger of strangers) {
    if (stranger === meant || (schema && isArgument(stranger.key.text, schema))) continue;
    reportModifier(stranger, context);
  }
}

/** A key beside an action that is no modifier. */
function reportModifier({ key }: MapEntry, context: LoadContext): void {
  const { text } = key;
  const reserved = RESERVED_MODIFIERS.get(text) ?? (RESERVED_ACTIONS.has(text) ? '' : undefined);
  if (reserved !== undefined) {
    report(context, key, 'reserved', `\`${text}\` is reserved and not built yet${reserved}`);
    return;
  }
  const modifiers = Object.keys(MODIFIERS.properties ?? {});
  const near = nearest(text, modifiers);
  const action = nearest(text, STEPS.keys());
  const hint =
    near !== undefined
      ? `did you mean \`${near}\`?`
      : action !== undefined
        ? `did you mean the action \`${action}\`? It is a step of its own: \`- ${action}: …\``
        : `modifiers are ${modifiers.join(', ')}`;
  report(context, key, 'unknown-key', `there is no modifier \`${cut(text)}\``, hint);
}

function loadNested(args: MapNode, step: Step, identity: Identity, context: LoadContext): LoadedStep[] {
  if (step.name === 'use') {
    const { id, phase } = identity;
    return loadUsed(args, context, (steps, inPart) => loadSteps(steps, { prefix: `${id}.`, phase }, inPart));
  }
  const [key] = Object.entries(step.schema.properties ?? {}).find(([, schema]) => schema.steps) ?? [];
  const list = key === undefined ? undefined : valueOf(args, key);
  if (!list) return [];
  const sideBySide = step.name === 'parallel';
  const inside = step.name === 'repeat' ? { ...context, inRepeat: true } : context;
  const nested = loadSteps(list, { prefix: `${identity.id}.`, phase: identity.phase, sideBySide }, inside);
  if (sideBySide) context.problems.push(...memberClashes(nested, context.members ?? []));
  return nested;
}

/** The one step that a block looks at after each round. */
function loadUntil(args: MapNode, step: Step, { id, phase }: Identity, context: LoadContext): LoadedStep | undefined {
  const [key, schema] = Object.entries(step.schema.properties ?? {}).find(([, inner]) => inner.step) ?? [];
  const node = key === undefined ? undefined : valueOf(args, key);
  if (node?.kind !== 'map') return undefined;
  const loaded = loadStep(node, { id: `${id}.${key}`, phase }, { ...context, inRepeat: true });
  if (valueOf(node, 'when') !== undefined) {
    report(context, keyOf(node, 'when'), 'modifier', '`when` means nothing beside the `expect` of `until`');
  }
  if (!loaded || loaded.step.name === schema?.step) return loaded;
  const at = node.entries.find((entry) => entry.key.text === loaded.step.name)?.key ?? node;
  report(context, at, 'wrong-value', `\`${key}\` takes \`${schema?.step}\`, not \`${loaded.step.name}\``);
  return undefined;
}

/** Later steps may use the result even where this one has problems of its own: those are told already. */
function keepResult(node: MapNode, step: Step | undefined, context: LoadContext): void {
  const as = valueOf(node, 'as');
  if (as?.kind !== 'scalar' || !new RegExp(AS_PATTERN).test(as.text)) return;
  if (context.kept.has(as.text)) {
    const message = `an earlier step keeps its result as \`${as.text}\` already`;
    report(context, keyOf(node, 'as'), 'result-twice', message);
  }
  context.kept.add(as.text);
  context.results.add(as.text, step);
}
