/** Steps whose `when` holds for no version of etcd, or for none that the scenario is for. */
import type { Problem } from '../../errors';
import { locate } from '../node';
import type { LoadedStep, Scenario, VersionCondition } from '../scenario';
import { problemOf } from '../step-problem';

/** Minor versions that there are, or may be one day, each with more patch versions than any has. */
const CONCEIVABLE: readonly string[] = Array.from({ length: 20 }, (_, minor) => minor).flatMap((minor) =>
  Array.from({ length: 100 }, (_, patch) => `3.${minor}.${patch}`),
);

/** A version that is an expression differs from run to run. */
const OPEN_VERSION = /^(etcd|requires):.*\$\{/m;

export function neverRuns(
  scenario: Pick<Scenario, 'source' | 'steps' | 'onFailure' | 'finally' | 'etcd' | 'requires'>,
): Problem[] {
  const { etcd, requires } = scenario;
  const isOpen = OPEN_VERSION.test(scenario.source.text);
  const own = (isOpen ? [] : (etcd ?? CONCEIVABLE)).filter((version) => requires?.holds(version) ?? true);
  const find = (steps: readonly LoadedStep[], above: readonly VersionCondition[]): Problem[] =>
    steps.flatMap((step) => {
      const { when } = step.modifiers;
      const all = when ? [...above, when] : above;
      const holds = (version: string): boolean => all.every((one) => one.holds(version));
      if (when && !CONCEIVABLE.some(holds)) return [impossible(step, all)];
      if (when && own.length > 0 && !own.some(holds)) return [unreached(step, all, etcd, requires)];
      return find(step.nested, all);
    });
  return [scenario.steps, scenario.onFailure, scenario.finally].flatMap((steps) => find(steps, []));
}

function impossible(step: LoadedStep, all: readonly VersionCondition[]): Problem {
  const message = `no version of etcd fulfills \`when: {etcd: "${rangeOf(all)}"}\`: this step never runs`;
  return problemOf(step, locate(step.beside, '/when'), 'never-runs', message, 'mend the range, or drop the step');
}

function unreached(
  step: LoadedStep,
  all: readonly VersionCondition[],
  etcd: readonly string[] | undefined,
  requires: VersionCondition | undefined,
): Problem {
  const isFor = [
    ...(etcd ? [`\`etcd: [${etcd.join(', ')}]\``] : []),
    ...(requires ? [`\`requires: ${requires.range}\``] : []),
  ];
  const message = `the scenario is for ${isFor.join(' and ')}, where \`when: {etcd: "${rangeOf(all)}"}\` never holds: this step never runs`;
  const hint = 'mend the range, or drop the step';
  return problemOf(step, locate(step.beside, '/when'), 'never-runs-here', message, hint);
}

/** The ranges of a step and of the blocks around it. */
function rangeOf(all: readonly VersionCondition[]): string {
  return all.map(({ range }) => range).join(' ');
}
