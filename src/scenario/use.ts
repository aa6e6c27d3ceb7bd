/** `use`: the steps of another file, read where it is used. */
import { dirname, relative, resolve, sep } from 'node:path';
import { ScenarioError, UsageError, type Problem } from '../errors';
import type { SourceFile } from '../source';
import { containsExpression, unescape } from './expressions';
import { report, type LoadContext, type PartFile } from './load-context';
import { inSource, valueOf, type MapNode, type Node, type ScalarNode } from './node';
import { checkPart, isScenario } from './part';
import { parse } from './parse';
import { whyUnreadable } from './paths';
import { readSource } from './read-source';
import { replaceNames } from './replace';
import type { LoadedStep } from './scenario';
import { asVariable, notDeclared, secretsIn, variablesOf, type Variable, type Variables } from './variables';

/** Parts within parts; a limit, so that hostile files end in a message. */
const MAX_DEPTH = 16;

type LoadList = (list: Node, context: LoadContext) => LoadedStep[];

/**
 * The steps of the part that a `use` names, loaded by `loadList`. What is wrong in the part is reported at its own
 * place, with the places where it is used.
 */
export function loadUsed(args: MapNode, context: LoadContext, loadList: LoadList): LoadedStep[] {
  const file = valueOf(args, 'file');
  const part = file?.kind === 'scalar' && file.text !== '' ? findPart(file, context) : undefined;
  if (!part || !file) return [];
  const usedAt = context.source.place(file.start, file.end);
  const problems: Problem[] = [];
  const inner: LoadContext = {
    ...context,
    source: part.source,
    problems,
    uses: [...context.uses, { path: part.source.openedAt, shownAs: part.source.path, usedAt }],
  };
  const steps = loadPart(part, valueOf(args, 'with'), context, inner, loadList);
  context.problems.push(...problems.map((one) => ({ ...one, usedAt: [...(one.usedAt ?? []), usedAt] })));
  return steps;
}

function loadPart(
  { source, root, problems }: PartFile,
  given: Node | undefined,
  outer: LoadContext,
  inner: LoadContext,
  loadList: LoadList,
): LoadedStep[] {
  inner.problems.push(...problems);
  if (!root) return [];
  if (root.kind !== 'map') {
    inner.problems.push(...checkPart(source, root));
    return [];
  }
  const own = { ...root, entries: root.entries.filter(({ key }) => !key.text.startsWith('x-')) };
  const vars = variablesOf(source, own, valuesGiven(given, own, outer), inner.problems);
  inner.secrets.push(...secretsIn(vars));
  const node = replaceNames(source, own, { vars, matrix: undefined, noMatrix: NO_MATRIX }, inner.problems);
  inner.problems.push(...checkPart(source, node));
  const list = valueOf(node, 'steps');
  return list ? loadList(list, inner) : [];
}

const NO_MATRIX = 'a part sees its own `vars` alone; hand it over: `with: {x: "${matrix.x}"}`';

/** The values of `with`; those that the part does not declare are reported. */
function valuesGiven(given: Node | undefined, part: MapNode, context: LoadContext): Variables {
  const values = new Map<string, Variable>();
  if (given?.kind !== 'map') return values;
  const vars = valueOf(part, 'vars');
  const declared = vars?.kind === 'map' ? vars.entries.map(({ key }) => key.text) : [];
  for (const { key, value } of given.entries) {
    if (!declared.includes(key.text)) {
      const message = `the part has no variable \`${key.text}\``;
      report(context, key, 'unknown-variable', message, notDeclared(key.text, declared));
    } else if (value.kind !== 'seq') values.set(key.text, valueFrom(value, context.source));
  }
  return values;
}

/** A value of `with` as a variable of the part. Its own expressions are replaced when the steps run. */
function valueFrom(node: Node, source: SourceFile): Variable {
  const later = containsExpression(node);
  const literal = later ? node : unescape(node);
  const given = node.kind === 'scalar' ? node.given : undefined;
  const at = inSource(literal, source);
  return { ...asVariable(at), later, given, at };
}

/** The part behind a path; undefined where there is none that could be used, which is reported. */
function findPart(at: ScalarNode, context: LoadContext): PartFile | undefined {
  const refuse = (message: string, hint?: string): undefined => {
    report(context, at, 'use', message, hint);
    return undefined;
  };
  if (containsExpression(at)) {
    return refuse('which file is used has to be known before anything starts', '`${vars.…}` can stand here');
  }
  const written = (unescape(at) as ScalarNode).text;
  const path = resolve(at.given ? context.callerFolder : dirname(context.source.openedAt), written);
  const before = context.uses.findIndex((one) => one.path === path);
  if (before !== -1) {
    const circle = [...context.uses.slice(before), context.uses[before]].map((one) => one?.shownAs);
    return refuse(`files use each other in a circle: ${circle.join(' -> ')}`);
  }
  if (context.uses.length > MAX_DEPTH) {
    return refuse(`parts use parts here, ${MAX_DEPTH} files deep; that is the most`);
  }
  const trouble = whyUnreadable(path);
  if (trouble !== undefined) {
    const full = path === written ? '' : ` (${path})`;
    return refuse(
      `${trouble} ${written}${full}`,
      'a relative path is relative to the folder of the file that names it',
    );
  }
  return readPart(path, context, refuse);
}

function readPart(
  path: string,
  context: LoadContext,
  refuse: (message: string, hint?: string) => undefined,
): PartFile | undefined {
  const known = context.parts.get(path);
  if (known) return known;
  const shownAs = relative(resolve(context.callerFolder), path).split(sep).join('/');
  const source = sourceOf(path, shownAs, refuse);
  if (!source) return undefined;
  const part = { source, ...parsed(source) };
  if (part.root && isScenario(part.root)) {
    const hint = 'a part has `steps`, perhaps `vars` and `description`, and nothing else';
    return refuse(`${shownAs} is a scenario of its own, and no part`, hint);
  }
  context.parts.set(path, part);
  return part;
}

function sourceOf(path: string, shownAs: string, refuse: (message: string) => undefined): SourceFile | undefined {
  try {
    return readSource(path, shownAs);
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return refuse(`${shownAs} can't be used: ${thrown.message}`);
    if (thrown instanceof UsageError) return refuse(thrown.message);
    throw thrown;
  }
}

function parsed(source: SourceFile): Pick<PartFile, 'root' | 'problems'> {
  try {
    return parse(source);
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return { root: undefined, problems: thrown.problems };
    throw thrown;
  }
}
