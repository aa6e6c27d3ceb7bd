/** The modifiers beside an action, and which of them go together. */
import type { Step } from '../steps/step';
import { COMPARED } from './compared';
import { substitute, type Lookup } from './expressions';
import { keyOf, report, type LoadContext } from './load-context';
import { valueOf, type MapNode } from './node';
import { patternProblems, singleCharacters } from './patterns';
import type { Modifiers } from './scenario';
import { conditionOf, MODIFIERS, modifiersOf } from './top-level';
import { validate } from './validate';

/** Actions to which neither etcd nor its tools nor its process say anything. */
export const SILENT: readonly string[] = ['expect', 'note', 'sleep', 'parallel', 'repeat', 'during', 'use', 'wipe'];

/** Where what is compared is not to be negated by `expectError`. */
const READING: readonly string[] = ['get', 'delete'];

/** What the modifiers say, and how they are written. */
export interface LoadedModifiers {
  modifiers: Modifiers;
  beside: MapNode;
}

export function loadModifiers(step: MapNode, action: Step, context: LoadContext): LoadedModifiers {
  const known = MODIFIERS.properties ?? {};
  const written = { ...step, entries: step.entries.filter(({ key }) => Object.hasOwn(known, key.text)) };
  if (written.entries.length === 0) return { modifiers: {}, beside: written };
  const node = withoutExpressions(written, context);
  const { value, problems } = validate(context.source, node, MODIFIERS, {
    what: `\`${action.name}\``,
    lenient: false,
  });
  context.problems.push(...problems, ...patternProblems(context.source, node, MODIFIERS));
  context.problems.push(...singleCharacters(context.source, valueOf(node, 'expectError')));
  if (problems.length > 0) return { modifiers: {}, beside: node };
  const whenNode = valueOf(node, 'when');
  const when = whenNode && conditionOf(context.source, (value as { when?: unknown }).when, whenNode);
  context.problems.push(...(when?.problems ?? []));
  const modifiers = modifiersOf(value as Record<string, unknown>, when?.condition);
  refuseUnfit(modifiers, step, action, context);
  return { modifiers, beside: node };
}

/** Modifiers are fixed before anything runs: no result may stand in one. */
function withoutExpressions(node: MapNode, context: LoadContext): MapNode {
  const lookup: Lookup = (name) => {
    if (!/^(results|repeat)\b/.test(name)) return 'later';
    return { problem: `\`\${${name}}\` is known only while steps run; it can stand in arguments, not in a modifier` };
  };
  return substitute(node, {
    lookup,
    final: true,
    onProblem: (at, message) => report(context, at, 'unknown-name', message),
  }) as MapNode;
}

function refuseUnfit(modifiers: Modifiers, node: MapNode, step: Step, context: LoadContext): void {
  const refuse = (key: string, message: string, hint?: string): void =>
    report(context, keyOf(node, key), 'modifier', message, hint);
  const { name } = step;
  if (modifiers.withinMs !== undefined && step.retry === 'never') {
    refuse('within', `\`${name}\` is tried once`, '`within` is for reads, writes, member changes and `expect`');
  }
  if (modifiers.forMs !== undefined && !step.holds) refuse('for', '`for` stands only beside `expect`');
  if (modifiers.as !== undefined && Object.keys(step.result).length === 0) {
    const hint = step.name === 'use' || step.name === 'parallel' ? 'its steps keep their own' : undefined;
    refuse('as', `\`${name}\` leaves no result that could be kept`, hint);
  } else if (modifiers.as !== undefined && modifiers.expectError !== undefined) {
    refuse('as', 'a step that has to fail leaves no result');
  }
  if (modifiers.timeoutMs !== undefined && step.timeoutMs === 0) refuse('timeout', `\`${name}\` has no deadline`);
  if (modifiers.expectError === undefined) return;
  if (SILENT.includes(name)) {
    refuse('expectError', `etcd says nothing to \`${name}\` that could be expected`);
    return;
  }
  const args = valueOf(node, name);
  if (args?.kind !== 'map' || !READING.includes(name)) return;
  const compared = COMPARED[name]?.find((key) => valueOf(args, key) !== undefined);
  if (compared === undefined) return;
  const message = `\`expectError\` is about what etcd says; it does not negate \`${compared}\``;
  refuse('expectError', message, `leave out one of the two`);
}
