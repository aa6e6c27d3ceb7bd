/** Follows a drill's state step by step, and finds what can't be right: without Docker, before anything runs. */
import type { Problem } from '../errors';
import { DrillState } from '../steps/drill-state';
import type { ArgumentProblem } from '../steps/step';
import { containsExpression } from './expressions';
import { locate } from './node';
import { problemAt } from './parse';
import type { LoadedStep, Scenario } from './scenario';

const NOTHING_YET = { results: new Map(), skipped: new Set<string>(), repeatIndex: 0 };

/** The problems of sense in a scenario whose shape is right. */
export function followDrill(scenario: Pick<Scenario, 'members' | 'steps' | 'finally'>): Problem[] {
  const problems: Problem[] = [];
  let current: LoadedStep | undefined;
  const state = new DrillState(scenario.members, (problem) => {
    if (current) problems.push(located(problem, current));
  });
  const follow = (steps: readonly LoadedStep[]): void => {
    for (const step of steps) {
      current = step;
      followOne(step, state, follow);
    }
  };
  follow(scenario.steps);
  // `finally` also runs after a failure in the middle: nothing is certain there.
  state.forget();
  follow(scenario.finally);
  return problems;
}

function followOne(step: LoadedStep, state: DrillState, follow: (steps: readonly LoadedStep[]) => void): void {
  const { when, expectError } = step.modifiers;
  if (step.nested.length > 0) {
    const { ordered } = state;
    state.ordered = ordered && step.step.name !== 'parallel';
    follow(step.nested);
    state.ordered = ordered;
    return;
  }
  if (when || containsExpression(step.args)) {
    if (step.step.follows) state.forget();
    return;
  }
  step.bind(NOTHING_YET).follow(state, { fails: expectError !== undefined });
}

function located({ pointer, message, hint }: ArgumentProblem, { source, place, args }: LoadedStep): Problem {
  if (pointer === '') {
    const offset = source.offset(place);
    return problemAt(
      source,
      { start: offset, end: offset + (place.endColumn ?? place.column + 1) - place.column },
      'sense',
      message,
      hint,
    );
  }
  return problemAt(source, locate(args, pointer), 'sense', message, hint);
}
