/** Which scenarios run with which versions: the cases of a run. */
import { spell } from '../cluster/flags';
import type { Problem } from '../errors';
import type { CaseRef } from '../events';
import type { Node } from '../scenario/node';
import { problemAt } from '../scenario/parse';
import { allSteps, type LoadedStep, type Scenario } from '../scenario/scenario';
import { containsExpression } from '../scenario/expressions';
import type { SourceFile } from '../source';
import type { Need } from '../steps/step';
import { readNode } from '../scenario/read';

export interface PlannedCase {
  ref: CaseRef;
  /** Unique in the run, from 1. */
  number: number;
  scenario: Scenario;
  version: string;
  /** Why it will not run; undefined where it will. */
  skip: string | undefined;
  needs: ReadonlySet<Need>;
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
  const problems: Problem[] = [];
  for (const scenario of scenarios) {
    for (const { version, skip } of versionsOf(scenario, options)) {
      if (skip === undefined) problems.push(...flagProblems(scenario, version));
      for (let round = 1; round <= options.repeat; round++) {
        const id = idOf(`${scenario.source.idPath}@${version}${round === 1 ? '' : `#${round}`}`);
        cases.push(planCase(scenario, version, { skip, id, number: cases.length + 1 }));
      }
    }
  }
  return { cases, problems };
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
  const steps = allSteps([...scenario.steps, ...scenario.finally]);
  return {
    ref: {
      id: options.id,
      name: scenario.name,
      file,
      line,
      etcd: version,
      tags: scenario.tags,
      members: scenario.members.length,
    },
    number: options.number,
    scenario,
    version,
    skip: options.skip,
    needs: new Set(steps.flatMap(needsOf)),
    versions: [...new Set([version, ...steps.flatMap((step) => startVersion(step) ?? [])])],
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

function argument(step: LoadedStep, key: string): Node | undefined {
  return step.args.kind === 'map' ? step.args.entries.find((entry) => entry.key.text === key)?.value : undefined;
}

function startVersion(step: LoadedStep): string | undefined {
  const version = step.step.name === 'start' ? argument(step, 'version') : undefined;
  return version?.kind === 'scalar' && !containsExpression(version) ? version.text : undefined;
}

function needsOf(step: LoadedStep): Need[] {
  return step.step.bind(readNode(step.args, step.step.schema)).needs();
}

/** Flags that the version lacks, found before anything starts. */
function flagProblems(scenario: Scenario, version: string): Problem[] {
  const problems = flagsIn(scenario.source, scenario.flagsNode, version);
  for (const step of allSteps([...scenario.steps, ...scenario.finally])) {
    if (step.step.name !== 'start' || step.modifiers.expectError !== undefined) continue;
    if (step.modifiers.when && !step.modifiers.when.holds(version)) continue;
    problems.push(...flagsIn(step.source, argument(step, 'flags'), startVersion(step) ?? version));
  }
  return problems;
}

function flagsIn(source: SourceFile, node: Node | undefined, version: string): Problem[] {
  if (node?.kind !== 'map') return [];
  return node.entries.flatMap(({ key, value }) => {
    const spelling =
      value.kind === 'scalar' && value.plain && value.text === 'null' ? undefined : spell(version, key.text);
    return spelling && 'lacking' in spelling ? [problemAt(source, key, 'lacking-flag', spelling.lacking)] : [];
  });
}
