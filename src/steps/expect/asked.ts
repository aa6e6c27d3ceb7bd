/** Asking those that serve, for rows about the cluster: all must agree. */
import type { MemberProcess } from '../../cluster/cluster';
import type { Comparison } from '../../errors';
import { EtcdSaid, Unmet } from '../../errors';
import { notOneCluster } from '../clusters';
import type { StepContext } from '../context';
import { servingProcesses } from '../health';
import { because, differing } from './row';

/**
 * Those that serve, for rows about the cluster; the comparison that does not hold where nobody serves, or where they are in
 * different clusters and no one cluster can be meant.
 */
export async function askable(
  subject: string,
  expected: string,
  context: StepContext,
  { ofOneCluster = true } = {},
): Promise<MemberProcess[] | Comparison[]> {
  const serving = (await servingProcesses(context)).filter(({ member }) => !context.cluster.roster.isRemoved(member));
  const apart = ofOneCluster ? await notOneCluster(serving, context) : [];
  if (apart.length > 0) {
    context.concerns(...serving.map(({ member }) => member));
    return apart;
  }
  if (serving.length > 0) return serving;
  const up = context.cluster.running().map(({ member }) => member);
  context.concerns(...up);
  const actual = up.length === 0 ? 'no member runs' : `${up.join(', ')} ${up.length === 1 ? 'does' : 'do'} not serve`;
  // Whoever does not run can't be asked later either.
  return [
    { subject, expected, actual, ...because(up.length === 0 ? 'no member runs that could be asked' : undefined) },
  ];
}

export function areProcesses(answer: MemberProcess[] | Comparison[]): answer is MemberProcess[] {
  return answer.length > 0 && 'incarnation' in (answer[0] ?? {});
}

/**
 * Asks each, and compares each answer; what etcd says instead of an answer is the actual. `whyFinal` says of an answer
 * why it can't be another one later.
 */
export async function compareEach(
  processes: readonly MemberProcess[],
  subject: string,
  expected: string,
  ask: (process: MemberProcess) => Promise<string>,
  whyFinal: (answer: string, member: string) => string | undefined = () => undefined,
): Promise<Comparison[]> {
  const compared = processes.map(async (process) => {
    const about = `${subject} on ${process.member}`;
    try {
      const answer = await ask(process);
      return differing(about, expected, answer, whyFinal(answer, process.member));
    } catch (thrown) {
      if (thrown instanceof EtcdSaid || thrown instanceof Unmet) return differing(about, expected, thrown.message);
      throw thrown;
    }
  });
  return (await Promise.all(compared)).flat();
}
