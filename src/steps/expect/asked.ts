/** Asking those that serve, for rows about the cluster: all must agree. */
import type { MemberProcess } from '../../cluster/cluster';
import type { Comparison } from '../../errors';
import { EtcdSaid, Unmet } from '../../errors';
import { notOneCluster } from '../clusters';
import type { StepContext } from '../context';
import { servingProcesses } from '../health';
import { differing } from './row';

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
  return [{ subject, expected, actual }];
}

export function areProcesses(answer: MemberProcess[] | Comparison[]): answer is MemberProcess[] {
  return answer.length > 0 && 'incarnation' in (answer[0] ?? {});
}

/** Asks each, and compares each answer; what etcd says instead of an answer is the actual. */
export async function compareEach(
  processes: readonly MemberProcess[],
  subject: string,
  expected: string,
  ask: (process: MemberProcess) => Promise<string>,
): Promise<Comparison[]> {
  const answers = await Promise.all(
    processes.map((process) =>
      ask(process).catch((thrown: unknown) => {
        if (thrown instanceof EtcdSaid || thrown instanceof Unmet) return thrown.message;
        throw thrown;
      }),
    ),
  );
  return processes.flatMap(({ member }, i) => differing(`${subject} on ${member}`, expected, answers[i] ?? ''));
}
