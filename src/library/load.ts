/** Finding, reading and checking drills; no engine needed. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ScenarioError, UsageError, type Problem } from '../errors';
import { nearest } from '../match';
import { plural } from '../plural';
import { findFiles, hasScenarios, type FoundFile } from '../scenario/find';
import { nearbyFiles } from '../scenario/nearby';
import { loadScenarios, readSource, type Loaded } from '../scenario/load';
import { allSteps, type Scenario } from '../scenario/scenario';
import { readVariables, unknownVariables, type VariableFile } from '../scenario/variable-file';
import type { Variable, Variables } from '../scenario/variables';
import { formatPlace } from '../source';
import { selectScenarios, SLOW_TAG } from '../scenario/select';
import { packageRoot } from '../package-root';

export interface LoadRequest {
  /** Files, folders, `FILE:LINE`. Default: `scenarios/`; without it nothing is chosen, and a UsageError names what is there. */
  paths?: readonly string[];
  /** The command that an error message suggests. Default: `run`. */
  command?: string;
  /** All the drills that ship, whatever `scenarios/` has; no paths beside it. */
  shipped?: boolean;
  /** What relative paths and case ids are relative to. */
  cwd: string;
  /** A tag expression such as `recovery and not slow`. */
  tag?: string;
  /** A part of the name. */
  grep?: string;
  /** Whether drills tagged `slow` count where neither a path nor a tag asks for them. */
  slow?: boolean;
  /** Values for `vars`, by name; they go before those of files. */
  variables?: Readonly<Record<string, string>>;
  /** Files of values for `vars`, YAML or JSON; a later one goes before an earlier. */
  variableFiles?: readonly string[];
  /** `left`: the variables are for other files too, and one that these do not declare is no mistake. */
  unknownVariables?: 'refused' | 'left';
}

export interface LoadedDrills {
  scenarios: Scenario[];
  /** How many files were read. */
  files: number;
  /** What should be said about the choice, such as that the shipped drills are used. */
  remarks: string[];
  /** Why there is no scenario, where files have some and none fits. */
  noneFits?: string;
  /** The variables that the files declare. */
  declared: ReadonlySet<string>;
}

/**
 * The scenarios that are meant, all checked. Throws ScenarioError with every problem of every file, UsageError for a
 * path, tag expression or variable that is none.
 */
export function load(request: LoadRequest): LoadedDrills {
  const { problems, ...drills } = readDrills(request);
  if (problems.length > 0) throw new ScenarioError(problems);
  return drills;
}

/** The same, for who wants to see the good files although others are bad. Throws UsageError as `load` does. */
export function readDrills(
  request: LoadRequest,
  variableFiles = readVariableFiles(request),
): LoadedDrills & { problems: Problem[] } {
  const { cwd } = request;
  const { files, remarks } = chooseFiles(request);
  const variables = new Map([...variableFiles.flatMap(valuesOf), ...literal(request.variables ?? {})]);
  const loaded = files.map(({ path, shownAs, idPath, named }): Loaded => {
    try {
      const one = loadScenarios(readSource(path, shownAs, idPath), { variables, cwd });
      // A part that lies among the scenarios of a folder is none, and no mistake.
      return one.isPart && !named ? { ...one, problems: [] } : one;
    } catch (thrown) {
      if (thrown instanceof ScenarioError) return { scenarios: [], problems: thrown.problems };
      throw thrown;
    }
  });
  const problems = distinct([...variableFiles, ...loaded].flatMap((one) => one.problems));
  const all = loaded.flatMap(({ scenarios }) => scenarios);
  const declared = new Set(all.flatMap((one) => one.variables));
  // A variable may be declared in a file that could not be read.
  if (problems.length === 0 && request.unknownVariables !== 'left') {
    const [unknown] = namesUnknown(request, declared);
    if (unknown) throw new UsageError(`--var ${unknown.name}: ${unknown.message}`);
    problems.push(...variableFiles.flatMap((file) => unknownVariables(file, declared)));
  }
  const slowToo = request.slow === true || (request.paths ?? []).length > 0;
  const scenarios = selectScenarios(all, { tag: request.tag, grep: request.grep, slowToo });
  return {
    scenarios,
    noneFits: scenarios.length === 0 && all.length > 0 ? noneFits(all, request) : undefined,
    files: loaded.filter(({ isPart }) => !isPart).length,
    remarks: [...remarks, ...unusedParts(files, loaded, all)],
    problems,
    declared,
  };
}

/** The files of values for `vars`, each with its problems. Throws UsageError for one that does not exist. */
export function readVariableFiles({ variableFiles = [], cwd }: LoadRequest): VariableFile[] {
  return variableFiles.map((written) => {
    const path = resolve(cwd, written);
    if (!existsSync(path)) throw new UsageError(`can't read ${written}: no such file`);
    return readVariables(readSource(path, written));
  });
}

/** Those of the variables that are given by name, and that no scenario declares. */
export function namesUnknown(
  { variables = {} }: LoadRequest,
  declared: ReadonlySet<string>,
): { name: string; message: string }[] {
  const unknown = Object.keys(variables).filter((name) => !declared.has(name));
  return unknown.map((name) => {
    const near = nearest(name, declared);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return { name, message: `no scenario that was read has a variable of this name${hint}` };
  });
}

/** Says what there is to choose from. */
function noneFits(all: readonly Scenario[], { tag, grep }: LoadRequest): string {
  const asked = [
    ...(tag === undefined ? [] : [`--tag '${tag}'`]),
    ...(grep === undefined ? [] : [`--grep '${grep}'`]),
  ].join(' and ');
  const drills = plural(all.length, 'drill');
  if (asked === '') return `${drills}, and all are tagged ${SLOW_TAG}: name a file or a folder, or --tag ${SLOW_TAG}`;
  const tags = [...new Set(all.flatMap((one) => one.tags))].toSorted();
  const known = tags.length === 0 ? 'none has a tag' : `their tags are ${tags.join(', ')}`;
  return `of ${drills} none fits ${asked}${tag === undefined ? '' : `; ${known}`}`;
}

/** A part that no scenario uses may be a scenario whose author forgot its head: it is told. */
function unusedParts(files: readonly FoundFile[], loaded: readonly Loaded[], scenarios: readonly Scenario[]): string[] {
  const parts = files.filter((_, i) => loaded[i]?.isPart);
  const steps = scenarios.flatMap(({ steps: own, onFailure, finally: last }) =>
    allSteps([...own, ...onFailure, ...last]),
  );
  const used = new Set(steps.map(({ source }) => source.openedAt));
  return parts
    .filter(({ path }) => !used.has(path))
    .map(({ shownAs }) => `${shownAs} has \`steps\` alone: it is a part, and none of these scenarios uses it`);
}

function valuesOf({ values }: VariableFile): [string, Variable][] {
  return [...values].map(([name, { value }]) => [name, value]);
}

/** What is wrong with a value that several files take is one mistake. */
function distinct(problems: readonly Problem[]): Problem[] {
  const byText = new Map(problems.map((one) => [`${formatPlace(one.place)} ${one.message}`, one]));
  return [...byText.values()];
}

function literal(values: Readonly<Record<string, string>>): Variables {
  return new Map(Object.entries(values).map(([name, text]) => [name, { text, typed: true, given: true }]));
}

/** The files of the request: its paths, all that ship, or `scenarios/`. */
function chooseFiles(request: LoadRequest): { files: FoundFile[]; remarks: string[] } {
  const { cwd, paths: [first, ...more] = [] } = request;
  if (request.shipped) {
    if (first !== undefined) throw new UsageError(`--shipped takes all the drills that ship: "${first}" is too much`);
    return { files: findFiles([shippedFolder()], cwd), remarks: [] };
  }
  if (first !== undefined) return chooseAmong([first, ...more], cwd);
  if (hasScenarios(join(cwd, 'scenarios'))) return { files: findFiles(['scenarios'], cwd), remarks: [] };
  throw new UsageError(nothingChosen(cwd, request.command ?? 'run'));
}

function shippedFolder(): string {
  return join(packageRoot(), 'scenarios');
}

/** A newcomer without `scenarios/` means the files of the current folder, and not all that ship: the message names both. */
function nothingChosen(cwd: string, command: string): string {
  const { scenarios, others, complete } = nearbyFiles(cwd);
  const shipped = findFiles([shippedFolder()], cwd).length;
  const offer = `etcd-scenarios ${command} --shipped`;
  const lacks = existsSync(join(cwd, 'scenarios')) ? 'scenarios/ has no YAML files' : 'there is no scenarios/ folder';
  return [
    `${command}: no PATH is given, and ${lacks} in ${cwd}`,
    ...foundLines('scenario file', '', scenarios),
    ...foundLines('YAML file', ' without `steps`', scenarios.length === 0 ? others : []),
    ...(scenarios.length + others.length === 0 ? ['  found: no YAML files'] : []),
    ...(complete ? [] : ['  the folder is too large: only a part of it was searched']),
    scenarios.length > 0
      ? `  hint: use \`etcd-scenarios ${command} .\` for the files in this folder`
      : '  hint: use `etcd-scenarios init` to create a first scenario, or pass a PATH (`.` is this folder)',
    `  hint: use \`${offer}\` for the ${plural(shipped, 'file')} of scenarios that ship with etcd-scenarios`,
  ].join('\n');
}

const MOST_NAMED = 10;

function foundLines(what: string, attribute: string, files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const more = files.length > MOST_NAMED ? [`    … and ${files.length - MOST_NAMED} more`] : [];
  return [
    `  found ${plural(files.length, what)}${attribute}:`,
    ...files.slice(0, MOST_NAMED).map((file) => `    ${file}`),
    ...more,
  ];
}

/** The paths, and the drills that ship where the reader has none of that path: `scenarios/upgrade/rehearsal.yaml`. */
function chooseAmong(paths: readonly string[], cwd: string): { files: FoundFile[]; remarks: string[] } {
  const remarks: string[] = [];
  const chosen = paths.map((path) => {
    const [file = path] = path.split(/:\d+$/);
    const shipped = resolve(packageRoot(), file);
    const isShipped = shipped.startsWith(join(packageRoot(), 'scenarios')) && existsSync(shipped);
    if (!isShipped || existsSync(resolve(cwd, file))) return path;
    remarks.push(`no ${file} here: it is the one that ships with etcd-scenarios`);
    return `${shipped}${path.slice(file.length)}`;
  });
  return { files: findFiles(chosen, cwd), remarks };
}
