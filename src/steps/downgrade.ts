import { atLeast, minorOf } from '../cluster/version';
import { formatDuration } from '../clock';
import { awaitClusterVersion, awaitVersion } from './cluster-version';
import type { StepContext } from './context';
import { awaitDowngraded, awaitNoJob, downgradePartner, jobTarget } from './downgrade-job';
import { followDowngrade, followRequest } from './follow-swap';
import { PROBE_MS, servingProcesses } from './health';
import { limited } from './limited';
import { checkFlags, membersToSwap, swapEach, swapRefused } from './rolling';
import { flag, flagMap, selector, text, version } from './schema';
import type { Selector } from './select';
import { defineStep, type ArgumentProblem } from './step';
import { instructCancel, instructDowngrade, instructEnable } from './swap-instruction';
import { refuse } from './upgrade';
import { whyNoDowngrade } from './version-change';
import { list } from './words';

/** etcd looks every few seconds whether it is there; measured 3.1 to 3.9 s. A busy machine gets more. */
const SETTLE_MS = 60_000;

interface DowngradeArgs {
  member?: Selector;
  to?: string;
  flags?: Readonly<Record<string, string | null>>;
  enable?: string;
  cancel?: boolean;
}

export const downgrade = defineStep({
  name: 'downgrade',
  summary:
    'Takes the cluster down a minor version: validates and enables it, waits, gives members the older version one at a ' +
    'time, waits until the cluster has it. etcd 3.6 and later. `enable` and `cancel` are its first phase, and the way back.',
  example: ['- downgrade: {member: all, to: 3.5.35}', '- expect: {version: {cluster: 3.5}}'],
  exampleEtcd: '3.6.16',
  versions: 'The cluster has to be on 3.6 or later.',
  args: {
    member: { ...selector, description: 'who, as for `upgrade`; enables the downgrade where that is not done yet' },
    to: { ...version, description: 'the etcd version that they are given' },
    flags: { ...flagMap, description: 'etcd flags over those that the member has; null drops one' },
    enable: {
      ...text,
      pattern: '^\\d+\\.\\d+$',
      expects: 'a minor version such as 3.6',
      description:
        'only validate and enable the downgrade to this minor version, and wait until members may be swapped',
    },
    cancel: { ...flag, description: '`true` cancels the downgrade that is under way' },
  },
  result: { members: { is: 'names', description: 'those that were given the older version; only with `member`' } },
  timeoutMs: 240_000,
  sentence: (args) => sentenceOf(args),
  check: (args) => checkForm(args),
  follow({ member, to, flags }, state, { fails }) {
    if (member !== undefined && to !== undefined) followDowngrade({ member, to, flags }, state, fails);
    else followRequest(state);
  },
  runbook({ member, to, flags, enable }, state) {
    if (member !== undefined && to !== undefined) return instructDowngrade({ member, to, flags }, state);
    return enable === undefined ? instructCancel(state) : instructEnable(enable, state);
  },
  async run({ member, to, flags, enable }, context) {
    if (member !== undefined && to !== undefined) return swapDown(member, { to, flags }, context);
    if (enable !== undefined) return enableOnce(enable, context);
    return cancelDowngrade(context);
  },
});

function sentenceOf({ member, to, enable }: DowngradeArgs): string {
  if (member !== undefined) return `downgrade ${list(member)} to ${to ?? ''}`;
  return enable === undefined ? 'cancel the downgrade' : `enable the downgrade to ${enable}`;
}

function checkForm(args: DowngradeArgs): ArgumentProblem[] {
  const { member, to, flags, enable, cancel } = args;
  const forms = [member !== undefined || to !== undefined, enable !== undefined, cancel !== undefined];
  const hint = 'write `{member: all, to: 3.6.16}`, `{enable: 3.6}` or `{cancel: true}`';
  if (forms.filter(Boolean).length !== 1) {
    return [{ pointer: '', message: '`downgrade` swaps members, or enables, or cancels: one of these', hint }];
  }
  if ((member === undefined) !== (to === undefined)) {
    return [{ pointer: '', message: '`member` and `to` go together', hint }];
  }
  if (cancel === false) return [{ pointer: '/cancel', message: '`cancel` is `true`, or is left out', hint }];
  if (flags !== undefined && member === undefined) {
    return [{ pointer: '/flags', message: '`flags` are for members that are given another version', hint }];
  }
  return [];
}

/** Validates and enables where that is not done yet, and swaps. */
async function swapDown(
  selected: Selector,
  rolling: { to: string; flags?: Readonly<Record<string, string | null>> },
  context: StepContext,
): Promise<{ members: string[] }> {
  const { to } = rolling;
  const minor = minorOf(to);
  const swaps = await membersToSwap(selected, rolling, context);
  for (const swap of swaps) refuse(whyNoDowngrade(swap, to));
  if (!context.expectError) checkFlags(swaps, to, context);
  const isEnabled = await enableWhereNeeded(minor, context);
  if (context.expectError) return swapRefused(swaps, to, context);
  const members = await swapEach(swaps, to, context);
  if (!isEnabled || (await awaitDowngraded(minor, context))) await awaitClusterVersion(minor, context);
  return { members };
}

/**
 * A cluster that is on the minor version takes it without being asked: from patch to patch, or back in the middle of an
 * upgrade. Answers whether a downgrade is under way.
 */
async function enableWhereNeeded(minor: string, context: StepContext): Promise<boolean> {
  const [process] = await servingProcesses(context);
  const { etcdcluster = '' } = (await process?.versions(PROBE_MS)) ?? {};
  const knows = context.cluster.running().some(({ spec }) => atLeast(spec.version, '3.6'));
  const isUnderWay = knows && (await jobTarget(await downgradePartner(context), context)) === minor;
  if (minorOf(etcdcluster) !== minor) await enableOnce(minor, context);
  else if (!isUnderWay) context.note(`nothing to enable: the cluster is on ${minor}`);
  return isUnderWay || minorOf(etcdcluster) !== minor;
}

async function enableOnce(minor: string, context: StepContext): Promise<void> {
  const target = await jobTarget(await downgradePartner(context), context);
  if (target === minor && !context.expectError) return context.note(`the downgrade to ${minor} is enabled already`);
  await enableDowngrade(minor, context);
}

async function enableDowngrade(minor: string, context: StepContext): Promise<void> {
  const { client, member } = await downgradePartner(context);
  context.concerns(member);
  await client.downgrade('validate', minor, context.call());
  await client.downgrade('enable', minor, context.call());
  const own = limited(context, SETTLE_MS);
  const tookMs = (await awaitVersion('etcdcluster', minor, own)) + (await awaitVersion('storage', minor, own));
  context.note(`enabled by ${member}; ready for the older version after ${formatDuration(tookMs)}`);
}

async function cancelDowngrade(context: StepContext): Promise<void> {
  const partner = await downgradePartner(context);
  context.concerns(partner.member);
  const target = await jobTarget(partner, context);
  await partner.client.downgrade('cancel', '', context.call());
  context.note(target === undefined ? 'there was none under way' : `the downgrade to ${target} is cancelled`);
  await awaitNoJob(context);
  await awaitClusterVersion(minorOf(partner.spec.version), context);
}
