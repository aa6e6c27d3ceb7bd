/**
 * The mutations. Each makes a scenario whose verdict ought to be another one: an effect is left out, or something is
 * expected that etcd does not do. Nothing only removes an assertion: that can't turn a scenario red.
 */
import type { MapEntry, MapNode, Node, ScalarNode } from '../../src/scenario/node';
import { SILENT } from '../../src/scenario/load-modifiers';
import { valueOf } from '../../src/scenario/node';
import { pick } from './random';
import { argument, lineEnd, lineStart, rootOf, scalars, type TextStep } from './steps';

export const OPERATORS = [
  'expected error added',
  'step dropped',
  'error loosened',
  'error swapped',
  'error loosened without its cause',
  'other value',
  'other count',
  'other ID',
  'other version',
  'other members',
  'opposite',
  'argument dropped',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** One change of the text, `end` excluded. */
export interface Edit {
  start: number;
  end: number;
  by: string;
}

export interface Mutation {
  operator: Operator;
  /** The step, and what becomes of it. */
  what: string;
  edits: Edit[];
}

export interface Context {
  text: string;
  steps: readonly TextStep[];
  members: readonly string[];
  /** Every expected error of the scenarios that ship. */
  errors: readonly string[];
  seed: string;
}

/** Texts that a healthy etcd logs, or that are in nearly every message: they must not pass for a refusal. */
export const LOOSE = [
  'member',
  'peer',
  'leader',
  'already',
  'etcd-1',
  'raft',
  'cluster',
  'started',
  'ready to serve client requests',
] as const;

/** Steps that change the cluster or its data. */
const EFFECTS: readonly string[] = [
  'alarm-disarm',
  'compact',
  'defrag',
  'delete',
  'downgrade',
  'during',
  'etcdctl',
  'kill',
  'lease-grant',
  'lease-revoke',
  'member-add',
  'member-promote',
  'member-remove',
  'member-update',
  'move-leader',
  'parallel',
  'probe',
  'put',
  'repeat',
  'restart',
  'restore',
  'snapshot',
  'start',
  'stop',
  'txn',
  'upgrade',
  'wipe',
];

/** Arguments that decide what an effect is. */
const DECISIVE: readonly string[] = [
  'forceNewCluster',
  'initialCluster',
  'initialClusterState',
  'learner',
  'flags',
  'skipMinor',
  'bumpRevision',
  'markCompacted',
];

export function* mutationsOf(context: Context): Generator<Mutation> {
  for (const [at, step] of context.steps.entries()) {
    yield* aboutTheStep(step, context);
    yield* aboutTheError(step, at, context);
    yield* aboutWhatIsRead(step, context);
    if (step.action === 'expect') yield* aboutTheCluster(step.args, step, context);
    if (step.action === 'during') yield* aboutTheWorkload(step);
    yield* aboutMembers(step, context);
  }
}

const label = ({ id, action }: TextStep): string => `step ${id} (${action})`;

function* aboutTheStep(step: TextStep, context: Context): Generator<Mutation> {
  const { action, expectError } = step;
  const takesErrors = !SILENT.includes(action) && expectError === undefined;
  if (takesErrors && step.hasOwnLines) {
    const error = pick(context.seed, `${step.id} ${action}`, LOOSE);
    const edits = [insertion(step, `expectError: ${JSON.stringify(error)}`, context)];
    yield { operator: 'expected error added', what: `${label(step)} has to fail with "${error}"`, edits };
  }
  if (canDrop(step, context))
    yield { operator: 'step dropped', what: `${label(step)} is dropped`, edits: [withoutStep(step, context)] };
  if (step.args.kind !== 'map' || expectError) return;
  for (const { key } of step.args.entries) {
    if (!EFFECTS.includes(action) || !DECISIVE.includes(key.text)) continue;
    const edit = withoutKey(step.args, key.text, context.text);
    if (edit) yield { operator: 'argument dropped', what: `${label(step)} without ${key.text}`, edits: [edit] };
  }
}

/** A write makes no difference where nobody reads it, where the next write hides it, or where its absence is expected. */
function canDrop(step: TextStep, context: Context): boolean {
  if (!EFFECTS.includes(step.action) || !step.hasOwnLines || step.isOnly || step.expectError) return false;
  if (step.action !== 'put') return true;
  const next = nextAbout(step, context);
  return next?.action === 'get' && !argument(next, 'absent');
}

function* aboutTheError(step: TextStep, at: number, context: Context): Generator<Mutation> {
  const { expectError } = step;
  if (!expectError) return;
  const said = [...scalars(expectError)].map(([{ text }]) => text);
  const range = rangeOf(expectError, context.text);
  yield { operator: 'error loosened', what: `${label(step)} has to fail with "e"`, edits: [{ ...range, by: '"e"' }] };
  const others = context.errors.filter((error) => !said.some((own) => own.includes(error) || error.includes(own)));
  if (others.length > 0) {
    const error = pick(context.seed, `swap ${step.id}`, others);
    const edits = [{ ...range, by: JSON.stringify(error) }];
    yield { operator: 'error swapped', what: `${label(step)} has to fail with "${error}"`, edits };
  }
  const loose = pick(context.seed, `loosen ${step.id}`, LOOSE);
  const causes = context.steps.slice(0, at).filter((cause) => canDrop(cause, context) && cause.action !== 'put');
  for (const cause of causes.slice(-2)) {
    yield {
      operator: 'error loosened without its cause',
      what: `${label(step)} has to fail with "${loose}", and ${label(cause)} is dropped`,
      edits: [withoutStep(cause, context), { ...range, by: JSON.stringify(loose) }],
    };
  }
}

function* aboutWhatIsRead(step: TextStep, context: Context): Generator<Mutation> {
  const change = (operator: Operator, node: Node | undefined, by: string, how: string): Mutation[] =>
    node?.kind === 'scalar' ? [{ operator, what: `${label(step)}: ${how}`, edits: [{ ...node, by }] }] : [];
  const { action } = step;
  const value = argument(step, 'value');
  const key = argument(step, 'key');
  if (action === 'get' && value?.kind === 'scalar') {
    yield* change('other value', value, JSON.stringify(`${value.text}.`), 'the value has one character more');
    yield* change('other value', key, JSON.stringify(`${scalarText(key)}.`), 'the key has one character more');
    yield* keyChange('opposite', step, 'value', 'absent: true', context.text);
  }
  if (action === 'get') yield* keyChange('opposite', step, 'absent', 'value: mutant', context.text);
  if (action === 'put' && isReadLater(step, context))
    yield* change('other value', value, '"mutant"', 'the value is "mutant"');
  if (action === 'get' || action === 'delete') {
    const count = argument(step, 'count');
    const number = Number(scalarText(count));
    yield* change('other count', count, Number.isInteger(number) ? `${number + 1}` : '1', 'the count is another one');
    if (number > 0) yield* change('other count', count, `${number - 1}`, 'the count is one less');
    yield* change('other value', argument(step, 'hash'), '0'.repeat(64), 'the hash is another one');
  }
  if (action === 'txn') yield* change('opposite', argument(step, 'succeeded'), 'false', 'it has to fail');
  if (action === 'probe') yield* change('other value', argument(step, 'body'), 'mutant', 'the body is another one');
  if (action === 'etcdctl')
    yield* change('other value', argument(step, 'output'), 'mutant', 'the output is another one');
}

/** Whether a `get` compares the value that this step writes. */
function isReadLater(step: TextStep, context: Context): boolean {
  const next = nextAbout(step, context);
  const value = scalarText(argument(step, 'value'));
  return next?.action === 'get' && value !== undefined && scalarText(argument(next, 'value')) === value;
}

/** The next step that reads or writes the key of this one. */
function nextAbout(step: TextStep, { steps }: Context): TextStep | undefined {
  const key = scalarText(argument(step, 'key')) ?? '';
  return steps.slice(steps.indexOf(step) + 1).find((other) => {
    const about = scalarText(argument(other, 'key'));
    if (about === undefined) return false;
    return argument(other, 'prefix') ? key.startsWith(about) : about === key;
  });
}

function* aboutTheCluster(args: Node, step: TextStep, context: Context): Generator<Mutation> {
  if (args.kind !== 'map') return;
  for (const entry of args.entries) yield* aboutOneCondition(entry, step, context);
}

function* aboutOneCondition({ key, value }: MapEntry, step: TextStep, context: Context): Generator<Mutation> {
  const change = (operator: Operator, node: { start: number; end: number }, by: string, how: string): Mutation => ({
    operator,
    what: `${label(step)}: ${how}`,
    edits: [{ start: node.start, end: node.end, by }],
  });
  const whole = rangeOf(value, context.text);
  const names = value.kind === 'seq' ? value.items.map((item) => scalarText(item) ?? '') : [];
  switch (key.text) {
    case 'clusterId':
    case 'members':
      for (const [node, path] of scalars(value)) {
        if (/^([0-9a-f]{15,16}|\d{18,20})$/.test(node.text))
          yield change('other ID', node, otherLastDigit(node.text), `the last digit of ${node.text} is another one`);
        if (path.at(-1) === 'learner')
          yield change(
            'opposite',
            node,
            node.text === 'true' ? 'false' : 'true',
            `${path[0]} is no learner, or is one`,
          );
      }
      if (names.length > 0) yield* membersChanged(key.text, value as Node & { kind: 'seq' }, names, step, context);
      return;
    case 'running':
      if (names.length > 0) yield* membersChanged(key.text, value as Node & { kind: 'seq' }, names, step, context);
      return;
    case 'healthy': {
      const some = names.length > 0 ? names : context.members.slice(0, 1);
      const sick = valueOf(step.args as MapNode, 'unhealthy');
      if (!sick) {
        const edit = { start: key.start, end: whole.end };
        yield change('opposite', edit, `unhealthy: [${some.join(', ')}]`, `${some.join(', ')} do not serve`);
      }
      return;
    }
    case 'unhealthy':
      yield change('opposite', key, 'healthy', 'those that do not serve have to serve');
      return;
    case 'leader':
      yield change('opposite', whole, scalarText(value) === 'none' ? 'any' : 'none', 'the leader is the opposite');
      return;
    case 'alarms':
      if (scalarText(value) === 'none') yield change('opposite', whole, '[NOSPACE]', 'there is an alarm');
      else yield change('opposite', whole, 'none', 'there is no alarm');
      return;
    case 'version':
      for (const [node, path] of scalars(value))
        yield change('other version', node, otherVersion(node.text), `the version of ${path.join(' ')} is another one`);
      return;
    case 'log':
    case 'exit':
    case 'address':
      yield* aboutOneMember(key.text, value, step, context);
      return;
    case 'leases':
      for (const [node, path] of scalars(value)) {
        if (path[0] === 'remaining')
          yield change('opposite', node, flipped(node.text), 'the time left is on the other side');
        if (path[0] === 'count') yield change('other count', node, `"=${Number(node.text) + 1}"`, 'one lease more');
        if (path[0] === 'absent') yield change('opposite', node, 'false', 'the lease is there');
      }
      return;
  }
}

/** `log`, `exit` and `address`: a map that says what is so about a member. */
function* aboutOneMember(condition: string, value: Node, step: TextStep, { text }: Context): Generator<Mutation> {
  if (value.kind !== 'map') return;
  const change = (operator: Operator, node: Node | undefined, by: string, how: string): Mutation[] =>
    node ? [{ operator, what: `${label(step)}: ${how}`, edits: [{ ...rangeOf(node, text), by }] }] : [];
  if (condition === 'log')
    yield* change('other value', valueOf(value, 'contains'), '"mutants log nothing"', 'the log says otherwise');
  const code = valueOf(value, 'code');
  if (condition === 'exit' && code?.kind === 'scalar')
    yield* change('other value', code, `${Number(code.text) + 3}`, 'the exit code is another');
  const changed = valueOf(value, 'changed');
  if (condition === 'address')
    yield* change('opposite', changed, scalarText(changed) === 'true' ? 'false' : 'true', 'the address is as it was');
}

function* membersChanged(
  key: string,
  list: Node & { kind: 'seq' },
  names: readonly string[],
  step: TextStep,
  { members, text }: Context,
): Generator<Mutation> {
  const range = rangeOf(list, text);
  const made = (changed: readonly string[], how: string): Mutation => ({
    operator: 'other members',
    what: `${label(step)}: ${key} ${how}`,
    edits: [{ ...range, by: `[${changed.join(', ')}]` }],
  });
  if (names.length > 1) yield made(names.slice(0, -1), `without ${names.at(-1)}`);
  const missing = members.find((name) => !names.includes(name));
  if (missing !== undefined) yield made([...names, missing], `with ${missing}`);
}

function* aboutTheWorkload(step: TextStep): Generator<Mutation> {
  const expected = step.args.kind === 'map' ? valueOf(step.args, 'expect') : undefined;
  if (expected?.kind !== 'map') return;
  for (const { key, value } of expected.entries) {
    if (value.kind !== 'scalar' || key.text === 'revisions') continue;
    const by = flipped(value.text);
    yield { operator: 'opposite', what: `${label(step)}: ${key.text} is ${by}`, edits: [{ ...value, by }] };
  }
}

/** Whom an effect is about. */
function* aboutMembers(step: TextStep, { members, text }: Context): Generator<Mutation> {
  if (!['kill', 'stop', 'wipe', 'start', 'restore', 'member-add', 'member-remove', 'restart'].includes(step.action))
    return;
  const node = argument(step, 'member');
  if (node?.kind === 'scalar' && members.includes(node.text)) {
    const other = members[(members.indexOf(node.text) + 1) % members.length] ?? '';
    if (other !== node.text)
      yield { operator: 'other members', what: `${label(step)} is about ${other}`, edits: [{ ...node, by: other }] };
  }
  if (node?.kind === 'seq' && node.items.length > 1) {
    const names = node.items.map((item) => scalarText(item) ?? '');
    const edits = [{ ...rangeOf(node, text), by: `[${names.slice(0, -1).join(', ')}]` }];
    yield { operator: 'other members', what: `${label(step)} leaves ${names.at(-1)} alone`, edits };
  }
}

function scalarText(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}

function otherLastDigit(id: string): string {
  return id.slice(0, -1) + (id.endsWith('1') ? '2' : '1');
}

/** A version that differs in its last part: `3.6` becomes `3.7`, `3.6.16` becomes `3.6.17`. */
function otherVersion(version: string): string {
  const parts = version.split('.').map(Number);
  if (parts.some(Number.isNaN)) return '3.5.1';
  return [...parts.slice(0, -1), (parts.at(-1) ?? 0) + 1].join('.');
}

/** The opposite of a bound such as `"<10s"`, or of a number, which is the most that is allowed. */
function flipped(bound: string): string {
  const [, operator = '<=', amount = '0'] = /^(>=|<=|>|<|=)?(.*)$/.exec(bound) ?? [];
  const opposite: Record<string, string> = { '>=': '<', '<=': '>', '>': '<=', '<': '>=', '=': '>' };
  return JSON.stringify(`${opposite[operator]}${amount}`);
}

/** A line more in a step, before its action. */
function insertion(step: TextStep, line: string, { text }: Context): Edit {
  const { start } = step.node;
  return { start, end: start, by: `${line}\n${' '.repeat(start - lineStart(text, start))}` };
}

function withoutStep({ node }: TextStep, { text }: Context): Edit {
  return { start: lineStart(text, node.start), end: lineEnd(text, rangeOf(node, text).end - 1), by: '' };
}

/** One key of a map in one line, `{a: b, key: value}`, left out; nothing where it is the only one. */
function withoutKey(map: MapNode, name: string, text: string): Edit | undefined {
  const at = map.entries.findIndex(({ key }) => key.text === name);
  const [before, entry, after] = [map.entries[at - 1], map.entries[at], map.entries[at + 1]];
  if (!entry || text[map.start] !== '{') return undefined;
  if (before) return { start: rangeOf(before.value, text).end, end: rangeOf(entry.value, text).end, by: '' };
  return after && { start: entry.key.start, end: after.key.start, by: '' };
}

function* keyChange(operator: Operator, step: TextStep, name: string, by: string, text: string): Generator<Mutation> {
  if (step.args.kind !== 'map') return;
  const entry = step.args.entries.find(({ key }) => key.text === name);
  if (!entry) return;
  const edits = [{ start: entry.key.start, end: rangeOf(entry.value, text).end, by }];
  yield { operator, what: `${label(step)}: ${by} and no ${name}`, edits };
}

/** Where a value stands, brackets included: the nodes of a flow collection end with its last item. */
export function rangeOf(node: Node, text: string): { start: number; end: number } {
  if (node.kind === 'scalar') return { start: node.start, end: node.end };
  const open = text[node.start];
  const inner = lastOf(node);
  const innerEnd = inner ? rangeOf(inner, text).end : node.start + 1;
  if (open !== '{' && open !== '[') return { start: node.start, end: innerEnd };
  const close = text.indexOf(open === '{' ? '}' : ']', innerEnd);
  return { start: node.start, end: close + 1 };
}

function lastOf(node: Node): Node | undefined {
  if (node.kind === 'seq') return node.items.at(-1);
  return node.kind === 'map' ? node.entries.at(-1)?.value : undefined;
}

/** The members that a scenario declares. */
export function membersOf(text: string): string[] {
  const members = valueOf(rootOf(text), 'members');
  if (members?.kind === 'seq') return members.items.map((item) => scalarText(item) ?? '');
  return Array.from({ length: Number(scalarText(members)) }, (_, i) => `etcd-${i + 1}`);
}

/** The texts of a scenario's expected errors. */
export function errorsOf(steps: readonly TextStep[]): string[] {
  return steps.flatMap(({ expectError }) =>
    [...scalars(expectError)].map(([{ text }]: [ScalarNode, string[]]) => text),
  );
}
