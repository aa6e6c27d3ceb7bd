/** A file as a scenario: read, parsed, checked. */
import { readFile } from 'node:fs/promises';
import { asError, ScenarioError, UsageError, type Problem } from '../errors';
import { nearest } from '../match';
import { parseDuration } from '../clock';
import { SourceFile } from '../source';
import { SELECTOR_WORDS } from '../steps/select';
import { substitute, type Lookup } from './expressions';
import { followDrill } from './follow';
import { loadSteps, type LoadContext } from './load-step';
import { valueOf, type MapNode, type Node } from './node';
import { flagNameProblems } from './owned-flags';
import { parseDocument, problemAt } from './parse';
import type { Scenario } from './scenario';
import { conditionOf, RESERVED_KEYS, TOP_LEVEL } from './top-level';
import { validate } from './validate';

/** Larger than any drill; a limit, so that hostile files end in a message. */
const MAX_FILE_BYTES = 1024 * 1024;

export interface LoadOptions {
  /** Values of `--var`, by name. */
  variables?: ReadonlyMap<string, string>;
}

export interface Loaded {
  scenario?: Scenario;
  problems: Problem[];
}

/** Reads a file as UTF-8. Throws UsageError where it can't be read, ScenarioError where it is no text. */
export async function readSource(path: string, shownAs: string, idPath = shownAs): Promise<SourceFile> {
  const bytes = await readFile(path).catch((thrown: unknown) => {
    throw new UsageError(`can't read ${shownAs}: ${asError(thrown).message}`);
  });
  const refuse = (message: string): ScenarioError =>
    new ScenarioError([{ rule: 'file', place: { file: shownAs, line: 1, column: 1 }, message }]);
  if (bytes.length > MAX_FILE_BYTES) throw refuse(`the file has ${bytes.length} bytes; a scenario has at most 1 MiB`);
  try {
    return new SourceFile(shownAs, new TextDecoder('utf-8', { fatal: true }).decode(bytes), idPath);
  } catch {
    throw refuse('the file is not UTF-8');
  }
}

/** The scenario in a file, or every problem that was found in it. */
export function loadScenario(source: SourceFile, options: LoadOptions = {}): Loaded {
  try {
    return loadDocument(source, parseDocument(source), options);
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return { problems: thrown.problems };
    throw thrown;
  }
}

function loadDocument(source: SourceFile, root: Node, options: LoadOptions): Loaded {
  if (root.kind !== 'map') {
    return {
      problems: [problemAt(source, root, 'wrong-value', 'a scenario is a map with `name`, `members` and `steps`')],
    };
  }
  const problems: Problem[] = [];
  const node = withVariables(source, withoutExtensions(root), options, problems);
  problems.push(...reservedKeys(source, node));
  const known = { ...node, entries: node.entries.filter(({ key }) => !RESERVED_KEYS.has(key.text)) };
  const { value, problems: shape } = validate(source, known, TOP_LEVEL, { what: 'a scenario', lenient: false });
  problems.push(...shape);
  const top = value as Record<string, unknown>;
  const members = membersOf(top['members']);
  const context: LoadContext = { source, members, problems, results: new Set() };
  checkMembers(node, members, context);
  problems.push(...flagNameProblems(source, valueOf(node, 'flags')));
  const requires = requirement(node, top, context);
  const steps = stepsUnder(node, 'steps', context);
  const last = stepsUnder(node, 'finally', context);
  if (problems.length === 0) problems.push(...followDrill({ members, steps, finally: last }));
  if (problems.length > 0) return { problems: inOrder(problems) };
  return {
    problems: [],
    scenario: {
      source,
      place: source.place(root.start),
      name: (top['name'] as string).replace(/\s+/g, ' ').trim(),
      description: ((top['description'] as string | undefined) ?? '').trim(),
      tags: (top['tags'] as string[] | undefined) ?? [],
      members,
      etcd: top['etcd'] === undefined ? undefined : [top['etcd'] as string | string[]].flat(),
      requires,
      flags: { ...(top['flags'] as Record<string, string> | undefined) },
      flagsNode: valueOf(node, 'flags'),
      timeoutMs: parseDuration((top['timeout'] as string | undefined) ?? ''),
      variables: declaredVariables(node),
      steps,
      finally: last,
    },
  };
}

function stepsUnder(node: MapNode, key: 'steps' | 'finally', context: LoadContext): Scenario['steps'] {
  const list = valueOf(node, key);
  const prefix = key === 'steps' ? '' : 'finally.';
  return list?.kind === 'seq' ? loadSteps(list, { prefix, phase: key }, context) : [];
}

/** Keys that begin with `x-` are left alone. */
function withoutExtensions(root: MapNode): MapNode {
  return { ...root, entries: root.entries.filter(({ key }) => !key.text.startsWith('x-')) };
}

function reservedKeys(source: SourceFile, node: MapNode): Problem[] {
  return node.entries
    .filter(({ key }) => RESERVED_KEYS.has(key.text))
    .map(({ key }) => problemAt(source, key, 'reserved', `\`${key.text}\` is reserved and not built yet`));
}

function declaredVariables(node: MapNode): string[] {
  const vars = valueOf(node, 'vars');
  return vars?.kind === 'map' ? vars.entries.map(({ key }) => key.text) : [];
}

/** Replaces `${vars.x}` everywhere but in `vars` itself. */
function withVariables(source: SourceFile, root: MapNode, options: LoadOptions, problems: Problem[]): MapNode {
  const vars = valueOf(root, 'vars');
  const names = declaredVariables(root);
  const lookup: Lookup = (name) => {
    const [kind, key = ''] = name.split('.');
    if (kind === 'results' || kind === 'repeat') return 'later';
    if (kind !== 'vars') return { problem: `\`${name}\` is no \`vars\`, \`results\` or \`repeat\`` };
    if (names.includes(key) && vars?.kind === 'map') {
      const written = options.variables?.get(key);
      const declared = valueOf(vars, key);
      return { value: written ?? (declared?.kind === 'scalar' ? declared.text : '') };
    }
    const near = nearest(key, names);
    return { problem: `there is no variable \`${key}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}` };
  };
  const onProblem = (at: { start: number; end: number }, message: string): void => {
    problems.push(problemAt(source, at, 'unknown-name', message));
  };
  const entries = root.entries.map(({ key, value }) => ({
    key,
    value: key.text === 'vars' ? value : substitute(value, lookup, { final: false, onProblem }),
  }));
  return { ...root, entries };
}

function membersOf(value: unknown): string[] {
  if (typeof value === 'number') return Array.from({ length: Math.min(value, 100) }, (_, i) => `etcd-${i + 1}`);
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function checkMembers(node: MapNode, members: string[], context: LoadContext): void {
  const list = valueOf(node, 'members');
  const words: readonly string[] = [...SELECTOR_WORDS, 'any', 'none'];
  const taken = members.find((name) => words.includes(name));
  if (taken === undefined || !list) return;
  const at =
    list.kind === 'seq' ? (list.items.find((item) => item.kind === 'scalar' && item.text === taken) ?? list) : list;
  context.problems.push(
    problemAt(context.source, at, 'member-name', `no member can be named "${taken}": the word is a selector`),
  );
}

function requirement(node: MapNode, top: Record<string, unknown>, context: LoadContext): Scenario['requires'] {
  const at = valueOf(node, 'requires');
  if (at?.kind !== 'map') return undefined;
  const { condition, problems } = conditionOf(context.source, top['requires'], at);
  context.problems.push(...problems);
  return condition;
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
}
