import { minorOf } from '../cluster/version';
import { Unmet } from '../errors';
import { isUp } from './ask';
import { awaitClusterVersion } from './cluster-version';
import type { StepContext } from './context';
import { followUpgrade } from './follow-swap';
import { checkFlags, membersToSwap, swapEach, swapRefused, versionOf, type Swap } from './rolling';
import { MEMBERS } from './results';
import { flag, flagMap, selector, version } from './schema';
import { defineStep } from './step';
import { instructSwap } from './swap-instruction';
import { whyNoUpgrade, whySkipped } from './version-change';
import { list } from './words';

export const upgrade = defineStep({
  name: 'upgrade',
  summary:
    'Gives members a newer version on their data, one at a time, the leader last; waits until the cluster has moved.',
  example: ['- upgrade: {member: all, to: 3.6.16}', '- expect: {version: {cluster: 3.6}}'],
  versions: 'One minor version at a time; etcd refuses to skip one.',
  args: {
    member: { ...selector, description: 'who; `all` leaves alone who is down. Followers come first, the leader last' },
    to: { ...version, description: 'the etcd version' },
    flags: { ...flagMap, description: 'etcd flags over those that the member has; null drops one' },
    skipMinor: { ...flag, description: 'go over a minor version, to see what etcd does' },
  },
  required: ['member', 'to'],
  result: MEMBERS,
  timeoutMs: 240_000,
  sentence: ({ member, to }) => `upgrade ${list(member)} to ${to}`,
  follow: (args, state, { fails }) => followUpgrade(args, state, fails),
  runbook: (args, state) => instructSwap(args, state),
  async run({ member, to, flags, skipMinor = false }, context) {
    const swaps = await membersToSwap(member, { to, flags }, context);
    for (const swap of swaps) refuse(whyNoUpgrade(swap, to));
    if (!skipMinor) refuse(whySkipped(everybody(swaps, context), to));
    if (context.expectError) return swapRefused(swaps, to, context);
    checkFlags(swaps, to, context);
    const members = await swapEach(swaps, to, context);
    await awaitClusterVersion(minorOf(to), context);
    return { members };
  },
});

/** Those to be swapped, and those that run beside them. */
function everybody(swaps: readonly Swap[], context: StepContext): { member: string; version: string }[] {
  const beside = context.cluster.roster
    .known()
    .filter((member) => isUp(member, context) && !swaps.some((swap) => swap.member === member));
  return [...swaps, ...beside.map((member) => ({ member, version: versionOf(member, context) }))];
}

export function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new Unmet(reason);
}
