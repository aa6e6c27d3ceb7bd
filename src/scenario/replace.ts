/** `${vars.x}` and `${matrix.x}` in a file: replaced before anything is checked. */
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { STEPS } from '../steps';
import { escapeAll, hasExpression, mayHoldExpressions, substitute, wholeName, type Lookup } from './expressions';
import type { Combination } from './matrix';
import { valueOf, type MapNode, type Node } from './node';
import { MAX_PROBLEMS, problemAt } from './parse';
import { lookUpVariable, type Variables } from './variables';

/** Keys whose value is structure: no expression may stand for it, nor for a part of it. */
const STRUCTURE: readonly string[] = ['members', 'language'];

/** Keys whose value is a list of steps. */
export const STEP_LISTS = ['steps', 'onFailure', 'finally'] as const;

/** What is replaced elsewhere, with rules of its own. */
const ON_THEIR_OWN: readonly string[] = ['vars', 'matrix'];

/** What `${…}` may name in a file. */
export interface Names {
  vars: Variables;
  /** Undefined in a file that has none; `broken` where what is wrong with it was told. */
  matrix: Combination | 'broken' | undefined;
  /** Why `matrix` means nothing here, where it is undefined. */
  noMatrix: string;
}

/**
 * The tree with variables and the matrix replaced. In steps results and the index of a repeat stay for later; elsewhere
 * there are none.
 */
export function replaceNames(source: SourceFile, root: MapNode, names: Names, problems: Problem[]): MapNode {
  if (!mayHoldExpressions(source.text)) return root;
  const tell = (at: Node, rule: string, message: string, hint?: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(problemAt(source, at, rule, message, hint));
  };
  const isFull = (): boolean => problems.length >= MAX_PROBLEMS;
  const onProblem = (at: Node, message: string): void => tell(at, 'unknown-name', message);
  const entries = root.entries.map(({ key, value }) => {
    if (ON_THEIR_OWN.includes(key.text)) return { key, value };
    refuseInKeys(value, tell);
    if (STRUCTURE.includes(key.text)) {
      refuseInStructure(key.text, value, tell);
      return { key, value };
    }
    const inSteps = (STEP_LISTS as readonly string[]).includes(key.text);
    if (inSteps && value.kind === 'scalar') return { key, value };
    const lookup = lookupIn(names, { inSteps, isFull, kept: (name) => keptResult(root, name) });
    const complete = withFlagMaps(value, key.text === 'flags', names.vars);
    return { key, value: substitute(complete, { lookup, final: !inSteps, onProblem }) };
  });
  return { ...root, entries };
}

/** `flags: ${vars.x}`, and a value of `with`, stand for a whole map where the variable is one. */
function withFlagMaps(node: Node, mayBeMap: boolean, vars: Variables): Node {
  switch (node.kind) {
    case 'scalar':
      return (mayBeMap ? mapBehind(node.text, vars) : undefined) ?? node;
    case 'seq':
      return { ...node, items: node.items.map((item) => withFlagMaps(item, false, vars)) };
    case 'map':
      return {
        ...node,
        entries: node.entries.map(({ key, value }) => ({
          key,
          value:
            key.text === 'with' && value.kind === 'map'
              ? {
                  ...value,
                  entries: value.entries.map((one) => ({ ...one, value: withFlagMaps(one.value, true, vars) })),
                }
              : withFlagMaps(value, key.text === 'flags', vars),
        })),
      };
  }
}

/** The map that a text stands for as a whole; its texts are literal, unless they wait for results themselves. */
function mapBehind(text: string, vars: Variables): MapNode | undefined {
  const [kind, name = ''] = wholeName(text)?.split('.') ?? [];
  const found = kind === 'vars' ? vars.get(name) : undefined;
  if (!found || !('map' in found)) return undefined;
  return found.later ? found.map : escapeAll(found.map);
}

/** `${…}` outside of steps. */
export function lookupInHead(names: Names): Lookup {
  return lookupIn(names, { inSteps: false, isFull: () => false, kept: () => undefined });
}

interface Where {
  inSteps: boolean;
  isFull: () => boolean;
  /** What a step keeps under this name, as an expression would say it: `results.lease.id`. */
  kept: (name: string) => string | undefined;
}

function lookupIn(names: Names, where: Where): Lookup {
  return (name) => {
    const [kind = '', ...path] = name.split('.');
    if (kind === 'results' || kind === 'repeat') {
      return where.inSteps ? 'later' : { problem: `\`${name}\` is known only while steps run` };
    }
    if (kind === 'vars') return lookUpVariable(path, names.vars, where);
    if (kind === 'matrix') return lookUpMatrix(path.join('.'), names);
    return where.isFull() ? 'later' : { problem: unknownKind(name, names, where) };
  };
}

function lookUpMatrix(name: string, { matrix, noMatrix }: Names): ReturnType<Lookup> {
  if (!matrix) return { problem: noMatrix };
  if (matrix === 'broken') return 'later';
  const found = matrix.get(name);
  if (found) return { value: found.text, typed: found.plain };
  const near = nearest(name, matrix.keys());
  const hint = near === undefined ? `; it has ${[...matrix.keys()].join(', ')}` : `; did you mean \`matrix.${near}\`?`;
  return { problem: `the matrix has no \`${name}\`${hint}` };
}

function unknownKind(name: string, { vars, matrix }: Names, where: Where): string {
  if (vars.has(name)) return `\`\${${name}}\` is nothing; did you mean \`\${vars.${name}}\`?`;
  if (matrix instanceof Map && matrix.has(name))
    return `\`\${${name}}\` is nothing; did you mean \`\${matrix.${name}}\`?`;
  const [kind = '', ...path] = name.split('.');
  const kept = where.inSteps ? where.kept(kind) : undefined;
  if (kept !== undefined) {
    const meant = path.length === 0 ? kept : `results.${name}`;
    return `\`\${${name}}\` is nothing; did you mean \`\${${meant}}\`?`;
  }
  const near = (Object.hasOwn(ELSEWHERE, kind) ? ELSEWHERE[kind] : undefined) ?? nearest(kind, KINDS);
  const known = 'there are `vars.…`, `matrix.…`, `results.…` and `repeat.index`';
  return `\`\${${name}}\` is nothing; ${near === undefined ? known : `did you mean \`\${${[near, ...path].join('.')}}\`?`}`;
}

const KINDS = ['vars', 'matrix', 'results', 'repeat'];

/** What a step of the tree keeps `as: NAME`, by the first that its action leaves. */
function keptResult(node: Node, name: string): string | undefined {
  if (node.kind === 'scalar') return undefined;
  if (node.kind === 'seq') return firstOf(node.items, (item) => keptResult(item, name));
  const as = valueOf(node, 'as');
  if (as?.kind !== 'scalar' || as.text !== name) return firstOf(node.entries, ({ value }) => keptResult(value, name));
  const action = node.entries.find(({ key }) => STEPS.has(key.text))?.key.text;
  const [field] = Object.keys(STEPS.get(action ?? '')?.result ?? {});
  return field === undefined ? undefined : `results.${name}.${field}`;
}

function firstOf<T, U>(all: readonly T[], find: (one: T) => U | undefined): U | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What they are called in other languages. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  steps: 'results',
  outputs: 'results',
  inputs: 'vars',
  params: 'vars',
};

type Tell = (at: Node, rule: string, message: string, hint?: string) => void;

function refuseInKeys(node: Node, tell: Tell): void {
  if (node.kind === 'scalar') return;
  if (node.kind === 'seq') return node.items.forEach((item) => refuseInKeys(item, tell));
  for (const { key, value } of node.entries) {
    if (hasExpression(key.text)) tell(key, 'unknown-name', 'a key is never replaced: no expression can stand in it');
    refuseInKeys(value, tell);
  }
}

function refuseInStructure(key: string, node: Node, tell: Tell): void {
  if (node.kind === 'scalar') {
    if (hasExpression(node.text)) tell(node, 'unknown-name', `no expression can stand in \`${key}\``);
  } else if (node.kind === 'seq') {
    for (const item of node.items) refuseInStructure(key, item, tell);
  }
}
