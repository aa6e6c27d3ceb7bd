/** Steps that look like assertions and are none, and drills without any. */
import type { Problem } from '../../errors';
import { COMPARED } from '../compared';
import { problemAt } from '../parse';
import { allSteps, runsWith, type LoadedStep, type Scenario } from '../scenario';
import { problemOf } from '../step-problem';
import { argument } from './visit';

/** Steps that compare by themselves, or may hold some that do. */
const COMPARING: ReadonlySet<string> = new Set(['expect', 'use', 'during', 'lease-keepalive', 'downgrade', 'upgrade']);

function compares(step: LoadedStep): boolean {
  return (
    COMPARING.has(step.step.name) || (COMPARED[step.step.name] ?? []).some((key) => argument(step, key) !== undefined)
  );
}

export function assertionProblems(
  scenario: Pick<Scenario, 'steps' | 'finally' | 'source' | 'place' | 'members'>,
): Problem[] {
  const steps = allSteps([...scenario.steps, ...scenario.finally]);
  const lists = [scenario.steps, scenario.finally, ...steps.map(({ nested }) => nested)];
  const found = [...steps.flatMap(comparesNothing), ...lists.flatMap(sleepsBefore)];
  const asserts = steps.some((step) => compares(step) || step.modifiers.expectError !== undefined);
  // A drill whose only comparison is a `get` without one has been told already.
  return asserts || found.length > 0 ? found : [withoutAssertion(scenario)];
}

/** With a version on which `when` skips every step that compares, though others do not. */
export function assertionsSkipped(
  scenario: Pick<Scenario, 'steps' | 'finally' | 'source' | 'place' | 'members'>,
  version: string,
): Problem[] {
  const asserts = (step: LoadedStep): boolean => compares(step) || step.modifiers.expectError !== undefined;
  const all = [...scenario.steps, ...scenario.finally];
  const isRun = allSteps(all, (step) => runsWith(step, version)).some(asserts);
  if (isRun || !allSteps(all).some(asserts)) return [];
  const { source, place } = scenario;
  const start = source.offset(place);
  const message = '`when` skips every step that compares something: the drill passes whatever its steps lead to';
  const hint = 'add an assertion without `when`, or let `requires` skip the drill there';
  return [problemAt(source, { start, end: start + 1 }, 'no-assertion', message, hint)];
}

function comparesNothing(step: LoadedStep): Problem[] {
  const { as, expectError } = step.modifiers;
  if (step.step.name !== 'get' || compares(step) || as !== undefined || expectError !== undefined) return [];
  const message = 'this `get` compares nothing: it succeeds whatever is there';
  return [at(step, 'get-compares-nothing', message, 'say what must be there: `value`, `absent: true` or `count`')];
}

function sleepsBefore(steps: readonly LoadedStep[]): Problem[] {
  const doing = steps.filter(({ step }) => step.name !== 'note');
  return doing.flatMap((step, i) => {
    const next = doing[i + 1];
    if (step.step.name !== 'sleep' || !next || !waitsInstead(next)) return [];
    const message = `a fixed time before \`${next.step.name}\` is too short on a slow day, and too long on all others`;
    return [
      at(step, 'sleep-before-assertion', message, `\`within\` beside \`${next.step.name}\` waits as long as it has to`),
    ];
  });
}

/** Whether the step could wait by itself: an assertion that something stays away needs its time. */
function waitsInstead(step: LoadedStep): boolean {
  const { name } = step.step;
  const { forMs, expectError } = step.modifiers;
  if (forMs !== undefined || expectError !== undefined) return false;
  const log = argument(step, 'log');
  const isAbsence = log?.kind === 'map' && log.entries.some(({ key }) => key.text === 'absent');
  return !isAbsence && (name === 'expect' || (name === 'get' && compares(step)));
}

function withoutAssertion({ source, place, members }: Pick<Scenario, 'source' | 'place' | 'members'>): Problem {
  const start = source.offset(place);
  const expect = members.length > 1 ? '{healthy: all, consistent: true}' : '{healthy: all}';
  const hint = `end it with \`expect: ${expect}\`, or with a \`get\` that says what must be there`;
  const message = 'nothing in this drill compares anything: it passes whatever its steps lead to';
  return problemAt(source, { start, end: start + 1 }, 'no-assertion', message, hint);
}

function at(step: LoadedStep, rule: string, message: string, hint: string): Problem {
  const { source, place } = step;
  const start = source.offset(place);
  const end = start + (place.endColumn ?? place.column + 1) - place.column;
  return problemOf(step, { start, end }, rule, message, hint);
}
