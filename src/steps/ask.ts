/** Which member a request goes to. */
import type { MemberProcess } from '../cluster/cluster';
import { unmetForGood } from '../errors';
import type { StepContext } from './context';
import { PROBE_MS, servingProcesses, whyNotServing } from './health';
import { select, selectOne, type Selector } from './select';

/** The running process of a member. */
export function processOf(member: string, context: StepContext): MemberProcess {
  const process = context.cluster.process(member);
  if (!process) throw unmetForGood(`${member} was never started`);
  if (process.exitCode !== undefined)
    throw unmetForGood(`${member} is not running: it exited with code ${process.exitCode}`);
  return process;
}

/** Whether a process of the member runs. */
export function isUp(member: string, { cluster }: StepContext): boolean {
  return cluster.running().some((process) => process.member === member);
}

/**
 * The member that is asked: the one that the author names, else the first in declared order that serves (a started
 * learner never). Where none serves, the first voter that runs: then the answer is etcd's own. `notTo` is asked only
 * where nobody else runs.
 */
export async function askedMember(
  selector: Selector | undefined,
  context: StepContext,
  notTo?: string,
): Promise<MemberProcess> {
  if (selector !== undefined) {
    const member = await selectOne(selector, context);
    context.concerns(member);
    return processOf(member, context);
  }
  const { roster } = context.cluster;
  const eligible = ({ member }: MemberProcess): boolean => !roster.isLearner(member) && !roster.isRemoved(member);
  const voters = context.cluster.running().filter(eligible);
  const others = voters.filter(({ member }) => member !== notTo);
  const candidates = others.length > 0 ? others : voters;
  const [first] = candidates;
  if (!first) throw unmetForGood('no voter runs that could be asked');
  const firstServes = candidates.length === 1 || (await whyNotServing(first, context.call(PROBE_MS))) === undefined;
  const chosen = firstServes
    ? first
    : ((await servingProcesses(context)).find((one) => candidates.includes(one)) ?? first);
  context.note(`asked ${chosen.member}`);
  context.concerns(chosen.member);
  return chosen;
}

/** Every member that is asked: those that the author names, else one. */
export async function askedMembers(selector: Selector | undefined, context: StepContext): Promise<MemberProcess[]> {
  if (selector === undefined) return [await askedMember(undefined, context)];
  const members = await select(selector, context);
  context.concerns(...members);
  return members.map((member) => processOf(member, context));
}
