/** Steps that the version of the scenario can't do, and results of steps that it skips. */
import { atLeast, minorOf } from '../../version';
import { nodesWithExpressions } from '../expressions';
import { argument, textOf, type RuleVisit } from './visit';

export function unsupported({ step, state, tell }: RuleVisit): void {
  const { version } = state;
  if (atLeast(version, '3.4')) return;
  // A member may run another version than the scenario's, and then it is not certain who is asked.
  const runsIt = (member: string): boolean => {
    const spec = state.specOf(member);
    return spec ? spec.version === version : state.isUp(member) === false && state.hasData(member) === false;
  };
  if (!state.members.every(runsIt)) return;
  const { name } = step.step;
  const lacks = (what: string, since: string, pointer: string): void =>
    tell('unsupported-step', pointer, `etcd ${minorOf(version)} has no ${what}`, WAYS_OUT(since));
  if (name === 'member-add' && textOf(step, 'learner') === 'true') lacks('learners', '3.4', '/learner');
  if (name === 'member-promote') lacks('learners to promote', '3.4', '');
  const isBumped = name === 'restore' && argument(step, 'bumpRevision') !== undefined;
  if (isBumped && step.modifiers.expectError === undefined) lacks('`--bump-revision`', '3.5.10', '/bumpRevision');
}

const WAYS_OUT = (since: string): string =>
  `it came with ${since}: \`when: {etcd: ">=${since}"}\` skips the step elsewhere, \`requires\` the drill`;

/** `skipped`: the results of steps that do not run on this version. */
export function skippedResult({ step, state, tell }: RuleVisit, skipped: ReadonlySet<string>): void {
  if (skipped.size === 0 || step.nested.length > 0) return;
  for (const { pointer, names } of nodesWithExpressions(step.args)) {
    const lost = names
      .map((name) => /^results\.([^.]+)/.exec(name)?.[1])
      .find((one) => one !== undefined && skipped.has(one));
    if (lost === undefined) continue;
    const message = `the step that keeps \`results.${lost}\` is skipped with etcd ${state.version}, and this one is not`;
    return tell('skipped-result', pointer, message, 'give both the same `when`');
  }
}
