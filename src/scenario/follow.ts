/** Walks through a drill as far as reading goes, for one version, and finds what can't be right before anything runs. */
import type { Problem } from '../errors';
import { DrillState } from '../steps/drill-state';
import type { ArgumentProblem, BoundStep } from '../steps/step';
import { containsExpression } from './expressions';
import { locate } from './node';
import type { LoadedStep, Scenario } from './scenario';
import { problemOf } from './step-problem';

const NOTHING_YET = { results: new Map(), skipped: new Set<string>(), repeatIndex: 0 };

type Walked = Pick<Scenario, 'members' | 'flags' | 'steps' | 'onFailure' | 'finally'>;

/** A step as the walk comes to it; `bound` is undefined where its arguments are known only while it runs. */
export interface Visit {
  step: LoadedStep;
  bound: BoundStep | undefined;
  /** What is known just before the step. */
  state: DrillState;
}

/** The problems of sense in a scenario whose shape is right, with this version. */
export function followDrill(scenario: Walked, version: string): Problem[] {
  const problems: Problem[] = [];
  walkDrill(
    scenario,
    version,
    () => undefined,
    (problem, step) => problems.push(located(problem, step)),
  );
  return problems;
}

/** Comes to every step that runs with this version, those of blocks after the block itself. */
export function walkDrill(
  scenario: Walked,
  version: string,
  visit: (visit: Visit) => void,
  report: (problem: ArgumentProblem, step: LoadedStep) => void = () => undefined,
): void {
  const { members, flags } = scenario;
  let current: LoadedStep | undefined;
  const state = new DrillState({ members, flags, version }, (problem) => {
    if (current) report(problem, current);
  });
  const walk = (steps: readonly LoadedStep[]): void => {
    for (const step of steps) {
      if (step.modifiers.when?.holds(version) === false) continue;
      current = step;
      const bound = containsExpression(step.args) ? undefined : step.bind(NOTHING_YET);
      visit({ step, bound, state });
      followOne(step, bound, state, walk);
    }
  };
  walk(scenario.steps);
  // `onFailure` and `finally` also run after a failure in the middle: nothing is certain there.
  for (const later of [scenario.onFailure, scenario.finally]) {
    state.forget();
    state.forgetList();
    walk(later);
  }
}

function followOne(
  step: LoadedStep,
  bound: BoundStep | undefined,
  state: DrillState,
  walk: (steps: readonly LoadedStep[]) => void,
): void {
  if (step.nested.length > 0) {
    const { ordered } = state;
    state.ordered = ordered && step.step.name !== 'parallel';
    walk(step.nested);
    state.ordered = ordered;
    return;
  }
  if (bound) return bound.follow(state, { fails: step.modifiers.expectError !== undefined });
  if (!step.step.follows) return;
  state.forget();
  state.forgetList();
}

function located(found: ArgumentProblem, step: LoadedStep): Problem {
  const { source, place, args } = step;
  const { rule = 'arguments', pointer, message, hint } = found;
  if (pointer !== '') return problemOf(step, locate(args, pointer), rule, message, hint);
  const start = source.offset(place);
  const end = start + (place.endColumn ?? place.column + 1) - place.column;
  return problemOf(step, { start, end }, rule, message, hint);
}
