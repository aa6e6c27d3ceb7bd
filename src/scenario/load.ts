/** A file as scenarios: parsed, checked, its variables and its matrix replaced. */
import { resolve } from 'node:path';
import { ScenarioError, type Problem } from '../errors';
import { parseDuration } from '../clock';
import type { SourceFile } from '../source';
import { SELECTOR_WORDS } from '../steps/select';
import { MAX_STEPS, report, type LoadContext } from './load-context';
import { KnownResults } from './known-results';
import { loadSteps } from './load-step';
import { knownFailingOf } from './known-failing';
import { describe, locate, valueOf, type MapNode, type Node } from './node';
import { flagNameProblems } from './owned-flags';
import { combinationsOf, nameOfCombination, type Combination } from './matrix';
import { MAX_PROBLEMS, parse, problemAt } from './parse';
import { MATCHES_EVERYTHING } from './patterns';
import { lookupInHead, replaceNames, STEP_LISTS, type Names } from './replace';
import { isPart } from './part';
import { inOrder } from './problem-order';
import type { Scenario } from './scenario';
import { conditionOf, RESERVED_KEYS, TOP_LEVEL } from './top-level';
import { validate } from './validate';
import { declaredVariables, secretsIn, variablesOf, type Variables } from './variables';

export { readSource } from './read-source';

/** More than an engine's default address pools and a laptop's memory carry. */
const MAX_MEMBERS = 100;

const NO_MATRIX = 'this scenario has no `matrix`';
const IN_ITSELF = 'a value of the matrix is none of its own lists';

/** Keys whose problems are told before any combination is looked at. */
const TOLD_BEFORE: ReadonlySet<string> = new Set([...RESERVED_KEYS, 'matrix']);

export interface LoadOptions {
  /** Values for variables, by name. */
  variables?: Variables;
  /** The caller's folder: relative paths of the command line are relative to it. */
  cwd?: string;
}

export interface Loaded {
  /** One for each combination of the matrix; none where there are problems. */
  scenarios: Scenario[];
  problems: Problem[];
  /** Whether the file is a part: no scenario, and to be run by a `use` alone. */
  isPart?: boolean;
}

/** The scenarios in a file, or every problem that was found in it. */
export function loadScenarios(source: SourceFile, options: LoadOptions = {}): Loaded {
  try {
    const { root, problems } = parse(source);
    return loadDocument(source, root, options, problems);
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return { scenarios: [], problems: thrown.problems };
    throw thrown;
  }
}

function loadDocument(source: SourceFile, root: Node, options: LoadOptions, problems: Problem[]): Loaded {
  if (root.kind !== 'map') {
    const at = { start: root.start, end: root.start + 1 };
    const message = `a scenario is a map with \`name\`, \`members\` and \`steps\`, not ${describe(root)}`;
    return { scenarios: [], problems: [...problems, problemAt(source, at, 'wrong-value', message)] };
  }
  if (isPart(root)) {
    const hint = 'a file with `steps` alone is a part, for scenarios to `use`';
    const at = { start: root.start, end: root.start + 1 };
    const problem = problemAt(source, at, 'missing-key', 'a scenario lacks `name` and `members`', hint);
    return { scenarios: [], problems: [...problems, problem], isPart: true };
  }
  const node = { ...root, entries: root.entries.filter(({ key }) => !key.text.startsWith('x-')) };
  const vars = variablesOf(source, node, options.variables ?? new Map(), problems);
  problems.push(...reservedKeys(source, node));
  const matrix = valueOf(node, 'matrix');
  const combinations = combinationsOf(
    source,
    matrix,
    lookupInHead({ vars, matrix: undefined, noMatrix: IN_ITSELF }),
    problems,
  );
  const shared: Shared = { callerFolder: options.cwd ?? '.', parts: new Map(), budget: { steps: MAX_STEPS } };
  const scenarios: Scenario[] = [];
  // A matrix that is wrong is told; the rest of the file is looked at all the same.
  for (const combination of combinations.length > 0 ? combinations : [undefined]) {
    if (problems.length >= MAX_PROBLEMS) break;
    const found: Problem[] = [];
    const names = { vars, matrix: matrix && (combination ?? 'broken'), noMatrix: NO_MATRIX } as const;
    const scenario = loadCombination(source, node, names, { ...shared, problems: found });
    if (scenario) scenarios.push(scenario);
    problems.push(...found);
  }
  return { scenarios: problems.some(isUnreadable) ? [] : scenarios, problems: inOrder(problems) };
}

/** Whether a problem keeps the scenario from being analyzed. */
function isUnreadable({ rule }: Problem): boolean {
  return rule !== MATCHES_EVERYTHING;
}

/** What all combinations of a file have in common. */
type Shared = Pick<LoadContext, 'callerFolder' | 'parts' | 'budget'>;

/** The scenario with the values of one combination of its matrix; undefined where there are problems. */
function loadCombination(
  source: SourceFile,
  root: MapNode,
  names: Names,
  shared: Shared & Pick<LoadContext, 'problems'>,
): Scenario | undefined {
  const { problems } = shared;
  const node = replaceNames(source, root, names, problems);
  const known = { ...node, entries: node.entries.filter(({ key }) => !TOLD_BEFORE.has(key.text)) };
  const lenient = names.matrix === 'broken';
  const { value, problems: shape } = validate(source, known, TOP_LEVEL, { what: 'a scenario', lenient });
  problems.push(...shape);
  const top = value as TopLevel;
  const members = membersOf(top.members);
  const context: LoadContext = {
    ...shared,
    source,
    members,
    results: new KnownResults(),
    kept: new Set(),
    uses: [{ path: resolve(source.openedAt), shownAs: source.path }],
    secrets: secretsIn(names.vars),
    inRepeat: false,
  };
  checkMembers(valueOf(node, 'members'), context);
  problems.push(...flagNameProblems(source, valueOf(node, 'flags')));
  const requires = requirement(node, top, context);
  const knownFailing = knownFailingOf(source, valueOf(node, 'knownFailing'), shape.length === 0, problems);
  const steps = stepsUnder(node, 'steps', context);
  // What it keeps is not there where nothing failed: `finally` can't build on it.
  const onFailure = stepsUnder(node, 'onFailure', { ...context, results: new KnownResults(context.results) });
  const last = stepsUnder(node, 'finally', context);
  if (problems.some(isUnreadable) || names.matrix === 'broken') return undefined;
  const combination: Combination = names.matrix ?? new Map();
  const name = top.name.replace(/\s+/g, ' ').trim();
  return {
    source,
    place: source.place(root.start),
    name: nameOfCombination(name, valueOf(root, 'name'), combination),
    description: (top.description ?? '').trim(),
    tags: top.tags ?? [],
    members: members ?? [],
    etcd: top.etcd === undefined ? undefined : [top.etcd].flat(),
    requires,
    knownFailing,
    flags: withoutNulls(top.flags ?? {}),
    flagsNode: valueOf(node, 'flags'),
    auth: authOf(top, node),
    timeoutMs: parseDuration(top.timeout ?? ''),
    matrix: Object.fromEntries([...combination].map(([key, { text }]) => [key, text])),
    variables: declaredVariables(node),
    secrets: context.secrets,
    steps,
    onFailure,
    finally: last,
  };
}

/** The top-level keys as their schema has accepted them. */
interface TopLevel {
  name: string;
  description?: string;
  tags?: string[];
  members?: unknown;
  etcd?: string | string[];
  requires?: unknown;
  flags?: Record<string, string | null>;
  auth?: { user: string; password: { env: string } };
  timeout?: string;
}

function stepsUnder(node: MapNode, key: (typeof STEP_LISTS)[number], context: LoadContext): Scenario['steps'] {
  const list = valueOf(node, key);
  return list ? loadSteps(list, { prefix: key === 'steps' ? '' : `${key}.`, phase: key }, context) : [];
}

function authOf({ auth }: TopLevel, node: MapNode): Scenario['auth'] {
  const at = valueOf(node, 'auth');
  return auth && at ? { user: auth.user, passwordEnv: auth.password.env, at: locate(at, '/password/env') } : undefined;
}

function reservedKeys(source: SourceFile, node: MapNode): Problem[] {
  return node.entries
    .filter(({ key }) => RESERVED_KEYS.has(key.text))
    .map(({ key }) => problemAt(source, key, 'reserved', `\`${key.text}\` is reserved and not built yet`));
}

/** The declared names; undefined where `members` is not as it should be. */
function membersOf(value: unknown): string[] | undefined {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 1 || value > MAX_MEMBERS) return undefined;
    return Array.from({ length: value }, (_, i) => `etcd-${i + 1}`);
  }
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_MEMBERS) return undefined;
  return value.filter((name) => typeof name === 'string');
}

function checkMembers(list: Node | undefined, context: LoadContext): void {
  if (!list) return;
  const words: readonly string[] = [...SELECTOR_WORDS, 'any', 'none'];
  for (const item of list.kind === 'seq' ? list.items : []) {
    if (item.kind !== 'scalar' || !words.includes(item.text)) continue;
    const message = `no member can be named "${item.text}"`;
    report(context, item, 'member-name', message, 'the word is a selector: it stands for members');
  }
  const count = list.kind === 'seq' ? list.items.length : list.kind === 'scalar' ? Number(list.text) : 0;
  if (count > MAX_MEMBERS) {
    const at = { start: list.start, end: list.kind === 'scalar' ? list.end : list.start + 1 };
    report(context, at, 'too-many-members', `a scenario has at most ${MAX_MEMBERS} members, not ${count}`);
  }
}

function requirement(node: MapNode, top: TopLevel, context: LoadContext): Scenario['requires'] {
  const at = valueOf(node, 'requires');
  const range = (top.requires as { etcd?: unknown } | undefined)?.etcd;
  if (at?.kind !== 'map' || typeof range !== 'string') return undefined;
  const { condition, problems } = conditionOf(context.source, top.requires, at);
  context.problems.push(...problems);
  return condition;
}

/** `null` drops a flag, here one that a merged map brought. */
function withoutNulls(flags: Record<string, string | null>): Record<string, string> {
  const kept = Object.entries(flags).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(kept);
}
