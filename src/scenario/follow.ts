/** Walks through a drill as far as reading goes, for one version, and finds what can't be right before anything runs. */
import type { Problem } from '../errors';
import type { SenseRule } from '../rules-of-sense';
import { DrillState } from '../steps/drill-state';
import type { ArgumentProblem, BoundStep } from '../steps/step';
import { containsExpression, nodesWithExpressions } from './expressions';
import { locate } from './node';
import { STEP_RULES } from './rules';
import { assertionsSkipped } from './rules/assertions';
import { skippedResult } from './rules/versions';
import type { RuleVisit } from './rules/visit';
import { allSteps, runsWith, type LoadedStep, type Scenario } from './scenario';
import { problemOf } from './step-problem';

const NOTHING_YET = { results: new Map(), skipped: new Set<string>(), repeatIndex: 0 };

type Walked = Pick<
  Scenario,
  'source' | 'place' | 'members' | 'flags' | 'flagsNode' | 'steps' | 'onFailure' | 'finally'
> &
  Partial<Pick<Scenario, 'auth'>>;

/** A step as the walk comes to it; `bound` is undefined where its arguments are known only while it runs. */
export interface Visit {
  step: LoadedStep;
  bound: BoundStep | undefined;
  /** What is known just before the step. */
  state: DrillState;
}

/** After these the author and the walk differ about who runs with what: everything that follows would only repeat it. */
const UNSETTLING: ReadonlySet<string> = new Set<SenseRule>([
  'no-quorum',
  'never-added',
  'lost-data',
  'start-without-quorum',
  'running-already',
  'means-nobody',
  'not-running',
  'wipe-running',
  'restore-unfit',
  'contradiction',
  'unsupported-step',
]);

/** The problems of sense in a scenario whose shape is right, with this version. */
export function followDrill(scenario: Walked, version: string): Problem[] {
  const problems: Problem[] = assertionsSkipped(scenario, version);
  const skipped = resultsSkipped(scenario, version);
  let isWrong = false;
  let misspelt: LoadedStep | undefined;
  const report = (problem: ArgumentProblem, step: LoadedStep): void => {
    // A text that etcd never says is no other refusal as well.
    if (problem.rule === 'unlikely-error') misspelt = step;
    if (problem.rule === 'other-refusal' && misspelt === step) return;
    const found = located(problem, step);
    problems.push(found);
    isWrong ||= UNSETTLING.has(found.rule);
  };
  walkDrill(
    scenario,
    version,
    ({ step, state }) => {
      // What the author takes for granted after a mistake is anybody's guess: one mistake gives one message.
      if (isWrong) state.doubt();
      isWrong = false;
      const tell: RuleVisit['tell'] = (rule, pointer, message, hint) => report({ rule, pointer, message, hint }, step);
      skippedResult({ step, state, tell }, skipped);
      for (const rule of STEP_RULES) if (!isWrong) rule({ step, state, tell });
      if (isWrong) state.doubt();
    },
    report,
  );
  return problems;
}

/** The names of results whose steps do not run with this version. */
function resultsSkipped({ steps, onFailure, finally: last }: Walked, version: string): ReadonlySet<string> {
  const all = allSteps([...steps, ...onFailure, ...last]);
  const off = all.filter((step) => !runsWith(step, version));
  return new Set(allSteps(off).flatMap(({ modifiers }) => modifiers.as ?? []));
}

/** Comes to every step that runs with this version, those of blocks after the block itself. */
export function walkDrill(
  scenario: Walked,
  version: string,
  visit: (visit: Visit) => void,
  report: (problem: ArgumentProblem, step: LoadedStep) => void = () => undefined,
): void {
  const { members, flags, auth } = scenario;
  let current: LoadedStep | undefined;
  const flagPlaces = placesOf(scenario);
  const state = new DrillState({ members, flags, flagPlaces, version, auth }, (problem) => {
    if (current) report(problem, current);
  });
  const walk = (steps: readonly LoadedStep[]): void => {
    for (const step of steps) {
      if (!runsWith(step, version)) continue;
      current = step;
      const bound = containsExpression(step.args) ? undefined : step.bind(NOTHING_YET);
      visit({ step, bound, state });
      followOne(step, bound, state, walk);
    }
  };
  walk(scenario.steps);
  // `onFailure` and `finally` also run after a failure in the middle: nothing is certain there.
  for (const later of [scenario.onFailure, scenario.finally]) {
    state.forgetAll();
    walk(later);
  }
}

/** `flags.yaml:4` for each flag of the scenario: in the drill itself, or in the file of variables that it came from. */
function placesOf({ source, flagsNode }: Walked): ReadonlyMap<string, string> {
  const entries = flagsNode?.kind === 'map' ? flagsNode.entries : [];
  return new Map(
    entries.map(({ key }) => {
      const { file, line } = (key.source ?? source).place(key.start, key.end);
      return [key.text, `${file}:${line}`];
    }),
  );
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
    // Side by side, and in a second round, a step may come after one that enables authentication.
    if (allSteps(step.nested).some((one) => one.step.name === 'etcdctl')) state.authenticates();
    walk(step.nested);
    state.ordered = ordered;
    return;
  }
  const { expectError, as } = step.modifiers;
  state.keepsAs = as;
  if (bound) return bound.follow(state, { fails: expectError !== undefined, expected: expectError });
  if (!step.step.follows) return;
  if (step.step.name === 'start' && expectError === undefined && startsThoseKept(step, state)) return;
  state.forgetAll();
}

/** `start: ${results.victim.members}`: those that an earlier step ended, whoever they are. */
function startsThoseKept({ args }: LoadedStep, state: DrillState): boolean {
  const [only, ...more] = nodesWithExpressions(args);
  const as = /^results\.([^.]+)\.members$/.exec(only?.names[0] ?? '')?.[1];
  const isWhole = more.length === 0 && only?.pointer === '/member' && only.names.length === 1;
  return isWhole && as !== undefined && state.startedKept(as);
}

function located(found: ArgumentProblem, step: LoadedStep): Problem {
  const { source, place, args, beside } = step;
  const { rule = 'arguments', pointer, message, hint } = found;
  if (pointer.startsWith('@')) return problemOf(step, locate(beside, `/${pointer.slice(1)}`), rule, message, hint);
  if (pointer !== '') return problemOf(step, locate(args, pointer), rule, message, hint);
  const start = source.offset(place);
  const end = start + (place.endColumn ?? place.column + 1) - place.column;
  return problemOf(step, { start, end }, rule, message, hint);
}
