/** Which scenarios run with which versions: the cases of a run. */
import { spell } from '../cluster/flags';
import { PLAIN, type Security } from '../cluster/security';
import type { Problem } from '../errors';
import type { CaseRef } from '../events';
import { knownFor, type KnownFailing } from '../scenario/known-failing';
import { isNullText, valueOf, type Node, type ScalarNode } from '../scenario/node';
import { followDrill } from '../scenario/follow';
import { OWNED_FLAGS } from '../scenario/owned-flags';
import { fileProblems } from '../scenario/rules';
import { silence } from '../scenario/silences';
import { allSteps, runsWith, type LoadedStep, type Scenario } from '../scenario/scenario';
import { containsExpression } from '../scenario/expressions';
import { problemOf } from '../scenario/step-problem';
import type { SourceFile } from '../source';
import type { Need } from '../steps/step';
import { caseId } from './case-id';
import { readNode } from '../scenario/read';
import { mergeProblems } from './merge-problems';

export interface PlannedCase {
  ref: CaseRef;
  /** Unique in the run, from 1. */
  number: number;
  scenario: Scenario;
  version: string;
  /** Why it will not run; undefined where it will. */
  skip: string | undefined;
  /** What it has to fail with; undefined where it has to pass. */
  known: KnownFailing | undefined;
  needs: ReadonlySet<Need>;
  /** The values of secret variables, by environment variable. */
  secrets: ReadonlyMap<string, string>;
  /** How the runner's clients speak to the members. */
  security: Security;
  /** Every version that a member of it will run. */
  versions: string[];
}

export interface PlanOptions {
  /** Versions from the command line; undefined where it names none. */
  etcd: readonly string[] | undefined;
  /** What runs where neither the drill nor the command line says. */
  defaultEtcd: readonly string[];
  /** How often each case runs. */
  repeat: number;
}

/** The cases in order, and what is wrong with them for the versions that they would run with. */
export function planCases(
  scenarios: readonly Scenario[],
  options: PlanOptions,
): { cases: PlannedCase[]; problems: Problem[] } {
  const cases: PlannedCase[] = [];
  const idOf = uniqueIds();
  for (const scenario of scenarios) {
    for (const { version, skip } of versionsOf(scenario, options)) {
      for (let round = 1; round <= options.repeat; round++) {
        const id = idOf(caseId(scenario, version, round));
        cases.push(planCase(scenario, version, { skip, id, number: cases.length + 1 }));
      }
    }
  }
  return { cases, problems: problemsOf(cases) };
}

/** What is wrong with each file, for the versions and combinations that it would run with. */
function problemsOf(cases: readonly PlannedCase[]): Problem[] {
  const byFile = new Map<SourceFile, PlannedCase[]>();
  const seen = new Map<Scenario, Set<string>>();
  for (const one of cases) {
    const { scenario, version, skip } = one;
    const versions = seen.get(scenario) ?? new Set();
    // Each round of `--repeat` is the same to follow.
    if (skip !== undefined || versions.has(version)) continue;
    seen.set(scenario, versions.add(version));
    byFile.set(scenario.source, [...(byFile.get(scenario.source) ?? []), one]);
  }
  return [...byFile.values()].flatMap((ofFile) => {
    const followed = ofFile.map(({ scenario, version }) => ({ version, problems: senseOf(scenario, version) }));
    const scenarios = [...new Set(ofFile.map(({ scenario }) => scenario))];
    const elsewhere = (): Problem[] =>
      scenarios.flatMap((scenario) => KNOWN_VERSIONS.flatMap((version) => senseOf(scenario, version)));
    const always = scenarios.flatMap((scenario) => fileProblems(scenario));
    return silence(scenarios, mergeProblems(followed, always), elsewhere);
  });
}

/** One of each line: what a drill may be run with one day. */
const KNOWN_VERSIONS = ['3.3.25', '3.4.23', '3.5.35', '3.6.16', '3.7.3'];

function senseOf(scenario: Scenario, version: string): Problem[] {
  const steps = stepsFor(scenario, version);
  return [...lateVersions(steps), ...flagProblems(scenario, steps, version), ...followDrill(scenario, version)];
}

/** Files of two folders may have the same name: the second one's id gets a number. */
function uniqueIds(): (id: string) => string {
  const taken = new Map<string, number>();
  return (id) => {
    const times = (taken.get(id) ?? 0) + 1;
    taken.set(id, times);
    return times === 1 ? id : `${id}~${times}`;
  };
}

function planCase(
  scenario: Scenario,
  version: string,
  options: { skip: string | undefined; id: string; number: number },
): PlannedCase {
  const { file, line } = scenario.place;
  const steps = stepsFor(scenario, version);
  return {
    ref: {
      id: options.id,
      name: scenario.name,
      file,
      line,
      etcd: version,
      ...(Object.keys(scenario.matrix).length > 0 ? { matrix: scenario.matrix } : {}),
      tags: scenario.tags,
      members: scenario.members.length,
    },
    number: options.number,
    scenario,
    version,
    skip: options.skip,
    known: knownFor(scenario.knownFailing, version),
    needs: new Set(steps.flatMap(needsOf)),
    secrets: new Map(),
    security: PLAIN,
    versions: [...new Set([version, ...steps.flatMap((step) => givenVersion(step) ?? [])])],
  };
}

/** `--etcd` selects among a drill's own list, and fills it in where there is none. */
function versionsOf(scenario: Scenario, options: PlanOptions): { version: string; skip: string | undefined }[] {
  const { etcd: own, requires } = scenario;
  const asked = options.etcd;
  if (own && asked && !own.some((version) => asked.includes(version))) {
    return [{ version: own[0] ?? '', skip: `it is for etcd ${own.join(', ')}, and --etcd says ${asked.join(', ')}` }];
  }
  const versions = own
    ? own.filter((version) => asked?.includes(version) ?? true)
    : [...new Set(asked ?? options.defaultEtcd)];
  return versions.map((version) => ({
    version,
    skip:
      requires && !requires.holds(version) ? `it requires etcd ${requires.range}, and this is ${version}` : undefined,
  }));
}

/** The steps that run with a version, those of blocks included. */
function stepsFor({ steps, onFailure, finally: last }: Scenario, version: string): LoadedStep[] {
  return allSteps([...steps, ...onFailure, ...last], (step) => runsWith(step, version));
}

function argument(step: LoadedStep, key: string): Node | undefined {
  return step.args.kind === 'map' ? valueOf(step.args, key) : undefined;
}

/** The argument that gives members a version, by action. */
const VERSION_ARGUMENT: Readonly<Record<string, string>> = {
  start: 'version',
  restore: 'version',
  upgrade: 'to',
  downgrade: 'to',
};

function versionArgument(step: LoadedStep): Node | undefined {
  const key = VERSION_ARGUMENT[step.step.name];
  return key === undefined ? undefined : argument(step, key);
}

/** The version that a step gives members, where it gives one. */
function givenVersion(step: LoadedStep): string | undefined {
  const version = versionArgument(step);
  return version?.kind === 'scalar' && !containsExpression(version) ? version.text : undefined;
}

function needsOf(step: LoadedStep): Need[] {
  return step.step.bind(readNode(step.args, step.step.schema)).needs();
}

/** Flags that a member's version lacks, found before anything starts: the scenario's, and those of a step over them. */
function flagProblems(scenario: Scenario, steps: readonly LoadedStep[], version: string): Problem[] {
  const { source, flagsNode } = scenario;
  const problems = lackingIn({ source, usedAt: [] }, flagsNode, version);
  for (const step of steps) {
    if (!(step.step.name in VERSION_ARGUMENT) || step.modifiers.expectError !== undefined) continue;
    const own = argument(step, 'flags');
    const runsOn = givenVersion(step) ?? version;
    problems.push(...lackingIn(step, own, runsOn));
    // What an upgraded member had before is followed step by step.
    if (runsOn === version || step.step.name !== 'start') continue;
    const names = lackingFlags(flagsNode, runsOn).flatMap(({ name }) => (hasKey(own, name) ? [] : [name]));
    if (names.length > 0) problems.push(lacksScenarioFlags(step, runsOn, names));
  }
  return problems;
}

/** A version that is known only while running comes too late: its image is prepared before anything starts. */
function lateVersions(steps: readonly LoadedStep[]): Problem[] {
  return steps.flatMap((step) => {
    const node = versionArgument(step);
    if (!node || !containsExpression(node)) return [];
    const message = 'the version has to be known before anything starts, and this is known only while steps run';
    return [problemOf(step, node, 'late-version', message, 'write it plainly, or take it from `vars`')];
  });
}

function lacksScenarioFlags(step: LoadedStep, version: string, names: readonly string[]): Problem {
  const flags = names.map((name) => `--${name}`).join(', ');
  const message = `etcd ${version} has no flag ${flags}, and the scenario sets it for every member`;
  const hint = `drop it here: \`flags: {${names.map((name) => `${name}: null`).join(', ')}}\``;
  return problemOf(step, versionArgument(step) ?? step.args, 'lacking-flag', message, hint);
}

function lackingIn(where: Pick<LoadedStep, 'source' | 'usedAt'>, node: Node | undefined, version: string): Problem[] {
  return [
    ...lackingFlags(node, version).map(({ key, lacking }) => problemOf(where, key, 'lacking-flag', lacking)),
    ...unknownFlags(node, version).map(({ key, unknown }) => problemOf(where, key, 'unknown-flag', unknown, PASSED_ON)),
  ];
}

const PASSED_ON = 'the flag is passed on as written; if etcd does not have it, the member refuses to start';

/** The flags in a map that a version lacks; `null` drops one, and needs no version. */
function lackingFlags(node: Node | undefined, version: string): { key: Node; name: string; lacking: string }[] {
  return setFlags(node).flatMap((key) => {
    const spelling = spell(version, key.text);
    return 'lacking' in spelling ? [{ key, name: key.text, lacking: spelling.lacking }] : [];
  });
}

/** The flags in a map of which it is not known whether a version has them. */
function unknownFlags(node: Node | undefined, version: string): { key: Node; unknown: string }[] {
  return setFlags(node).flatMap((key) => {
    const spelling = spell(version, key.text);
    return 'unknown' in spelling ? [{ key, unknown: spelling.unknown }] : [];
  });
}

/** A flag of which the table is not sure that a version has it, or is sure that it lacks it. */
export interface DoubtfulFlag {
  version: string;
  flag: string;
}

/** The flags of these cases that an image should be asked for, each once. */
export function doubtfulFlags(cases: readonly PlannedCase[]): DoubtfulFlag[] {
  const doubts = new Map<string, DoubtfulFlag>();
  for (const { scenario, version, versions, skip } of cases) {
    if (skip !== undefined) continue;
    const steps = stepsFor(scenario, version).filter(({ modifiers }) => modifiers.expectError === undefined);
    const nodes = [scenario.flagsNode, ...steps.map((step) => argument(step, 'flags'))];
    for (const { text: flag } of nodes.flatMap(setFlags)) {
      for (const one of versions) {
        const spelling = spell(one, flag);
        const isDoubtful = 'unknown' in spelling || 'lacking' in spelling;
        if (isDoubtful && !OWNED_FLAGS.has(flag)) doubts.set(`${one} ${flag}`, { version: one, flag });
      }
    }
  }
  return [...doubts.values()];
}

/** The names in a map of flags that are set: `null` drops one. */
function setFlags(node: Node | undefined): ScalarNode[] {
  if (node?.kind !== 'map') return [];
  return node.entries.flatMap(({ key, value }) =>
    value.kind === 'scalar' && value.plain && isNullText(value.text) ? [] : [key],
  );
}

function hasKey(node: Node | undefined, name: string): boolean {
  return node?.kind === 'map' && valueOf(node, name) !== undefined;
}
