/** The mutants of the scenarios that ship: texts that differ from a scenario in one point, or in two that belong together. */
import type { Node } from '../../src/scenario/node';
import { valueOf } from '../../src/scenario/node';
import { parseRange } from '../../src/version';
import {
  errorsOf,
  membersOf,
  mutationsOf,
  OPERATORS,
  rangeOf,
  type Edit,
  type Mutation,
  type Operator,
} from './operators';
import { shuffled } from './random';
import { rootOf, scalars, stepsOf } from './steps';

/** A scenario on one version, and with one value of each list of its matrix. */
export interface Original {
  /** The path below `scenarios/`, without `.yaml`. */
  name: string;
  etcd: string;
  text: string;
}

export interface Mutant {
  scenario: string;
  operator: Operator;
  /** What differs; unique among the mutants of the scenario. */
  what: string;
  text: string;
}

const DEFAULT_ETCD = '3.5.35';
/** Scenarios that show most on another version than the one that would be chosen. */
const SHOWN_ON: Readonly<Record<string, string>> = { 'recovery/force-new-cluster-fork': '3.4.23' };

/**
 * The scenario on one of its versions, where it does not have to fail: on the one that scenarios run with by default, if
 * that is among them.
 */
export function originalOf(name: string, text: string): Original {
  const root = rootOf(text);
  const listed = [...scalars(valueOf(root, 'etcd'))].map(([node]) => node.text);
  const isKnown = (version: string): boolean =>
    knownRanges(valueOf(root, 'knownFailing')).some((range) => parseRange(range)?.(version) ?? false);
  const variable = /^\$\{vars\.(.+)\}$/.exec(listed[0] ?? '')?.[1];
  const edits: Edit[] = [];
  let etcd = DEFAULT_ETCD;
  if (variable !== undefined) {
    const vars = valueOf(root, 'vars');
    const given = vars?.kind === 'map' ? valueOf(vars, variable) : undefined;
    if (given?.kind === 'scalar') etcd = given.text;
  } else {
    const fit = listed.filter((version) => !isKnown(version));
    const preferred = [SHOWN_ON[name], DEFAULT_ETCD].find((version) => version !== undefined && fit.includes(version));
    etcd = preferred ?? fit[0] ?? SHOWN_ON[name] ?? DEFAULT_ETCD;
    const node = valueOf(root, 'etcd');
    const steps = root.entries.find(({ key }) => key.text === 'steps');
    if (node) edits.push({ ...rangeOf(node, text), by: etcd });
    else if (steps) edits.push({ start: steps.key.start, end: steps.key.start, by: `etcd: ${etcd}\n` });
  }
  const matrix = valueOf(root, 'matrix');
  for (const { value } of matrix?.kind === 'map' ? matrix.entries : []) {
    const last = value.kind === 'seq' ? value.items.at(-1) : undefined;
    if (last) edits.push({ ...rangeOf(value, text), by: `[${text.slice(last.start, last.end)}]` });
  }
  return { name, etcd, text: edited(text, edits) };
}

function knownRanges(known: Node | undefined): string[] {
  const entries = known?.kind === 'seq' ? known.items : known ? [known] : [];
  return entries.flatMap((entry) => {
    const range = entry.kind === 'map' && !valueOf(entry, 'version') ? valueOf(entry, 'etcd') : undefined;
    return range?.kind === 'scalar' ? [range.text] : [];
  });
}

/** Every mutant of a scenario, each with another text. `errors`: the expected errors of all scenarios. */
export function mutantsOf({ name, etcd, text }: Original, errors: readonly string[], seed: string): Mutant[] {
  const steps = stepsOf(text, etcd);
  const context = { text, steps, members: membersOf(text), errors, seed: `${seed} ${name}` };
  const mutants = new Map<string, Mutant>();
  for (const { operator, what, edits } of mutationsOf(context) satisfies Iterable<Mutation>) {
    const mutated = edited(text, edits);
    if (mutated !== text && !mutants.has(mutated))
      mutants.set(mutated, { scenario: name, operator, what, text: mutated });
  }
  return [...mutants.values()];
}

/** The expected errors of these scenarios, each once. */
export function allErrors(originals: readonly Original[]): string[] {
  return [...new Set(originals.flatMap(({ text, etcd }) => errorsOf(stepsOf(text, etcd))))].toSorted();
}

/** The fewest mutants of a scenario that show anything. */
const FEWEST = 10;

/**
 * Every step that has to fail although it succeeds, and `others` of the remaining mutants: of each operator in turn, so
 * that all are represented. Ten at least, where there are as many.
 */
export function selected(mutants: readonly Mutant[], others: number, seed: string): Mutant[] {
  const always = mutants.filter(({ operator }) => operator === 'expected error added');
  const queues = OPERATORS.map((operator) => {
    const own = mutants.filter((mutant) => mutant.operator === operator && !always.includes(mutant));
    return shuffled(seed, own, ({ scenario, what }) => `${scenario}: ${what}`);
  });
  const chosen = new Set<Mutant>(always);
  const wanted = Math.min(mutants.length, Math.max(always.length + others, FEWEST));
  for (let i = 0; chosen.size < wanted; i++) {
    const next = queues[i % queues.length]?.shift();
    if (next) chosen.add(next);
  }
  return mutants.filter((mutant) => chosen.has(mutant));
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((changed, { start, end, by }) => changed.slice(0, start) + by + changed.slice(end), text);
}
