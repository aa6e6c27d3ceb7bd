/** Steps that the version of the scenario can't do, and results of steps that it skips. */
import { atLeast, minorOf } from '../../version';
import { nodesWithExpressions } from '../expressions';
import { argument, textOf, type RuleVisit } from './visit';

export function unsupported(visit: RuleVisit): void {
  const { version } = visit.state;
  if (atLeast(version, '3.6')) return isApi2(visit) && allRunIt(visit) ? refuseApi2(visit) : undefined;
  if (!atLeast(version, '3.4') && allRunIt(visit)) refuseLearners(visit);
}

/** A member may run another version than the scenario's, and then it is not certain who is asked. */
function allRunIt({ state }: RuleVisit): boolean {
  return state.members.every((member) => {
    const spec = state.specOf(member);
    return spec ? spec.version === state.version : state.isUp(member) === false && state.hasData(member) === false;
  });
}

function isApi2({ step }: RuleVisit): boolean {
  return step.step.name === 'etcdctl' && textOf(step, 'api') === '2';
}

function refuseApi2({ state, tell }: RuleVisit): void {
  const message = `the etcdctl of etcd ${minorOf(state.version)} speaks API 3 only: API 2 ended with 3.5`;
  const way = '`when: {etcd: "<3.6"}` skips the step elsewhere, `requires` the drill';
  tell('unsupported-step', '/api', message, way);
}

function refuseLearners({ step, state, tell }: RuleVisit): void {
  const { name } = step.step;
  const lacks = (what: string, since: string, pointer: string): void =>
    tell('unsupported-step', pointer, `etcd ${minorOf(state.version)} has no ${what}`, WAYS_OUT(since));
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
