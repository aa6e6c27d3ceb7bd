import { Unmet } from '../errors';
import type { StepContext } from './context';
import { flag, memberNames, startable, text } from './schema';
import { select } from './select';
import { requireSnapshot, SNAPSHOT_SOURCE, snapshotWords, withSnapshot } from './snapshot-source';
import { defineStep } from './step';
import { runTool, snapshotTool, toolVersion } from './tool';
import { list } from './words';

interface RestoreArgs {
  initialCluster?: readonly string[];
  initialClusterToken?: string;
  bumpRevision?: number;
  markCompacted?: boolean;
  skipHashCheck?: boolean;
}

export const restore = defineStep({
  name: 'restore',
  summary: 'Restores a snapshot into the data directory of members, with the tool of their own version.',
  main: 'member',
  args: {
    member: { ...startable, description: 'who gets the data: down, and without data' },
    snapshot: SNAPSHOT_SOURCE,
    initialCluster: { ...memberNames, description: 'the new cluster’s members; left out: all' },
    initialClusterToken: text,
    bumpRevision: { type: 'integer', minimum: 1, description: 'by how much the revision is raised' },
    markCompacted: { ...flag, description: 'the raised revision counts as compacted, so that watchers notice' },
    skipHashCheck: { ...flag, description: 'for a database file copied from a disk, which has no hash' },
  },
  required: ['member', 'snapshot'],
  timeoutMs: 60_000,
  sentence: ({ member, snapshot }) => `restore ${snapshotWords(snapshot)} to ${list(member)}`,
  check: ({ bumpRevision, markCompacted }) =>
    (bumpRevision === undefined) === (markCompacted !== true)
      ? []
      : [
          {
            pointer: '',
            message: '`bumpRevision` and `markCompacted: true` need each other: etcd takes both or neither',
          },
        ],
  follow({ member, snapshot, initialCluster }, state, { fails }) {
    requireSnapshot(snapshot, state);
    const members = state.named(member);
    if (!members) return state.forget();
    const up = members.find((one) => state.isUp(one) === true);
    const full = members.find((one) => state.hasData(one) === true);
    if (up !== undefined) state.problem('/member', `${up} is running here`, 'stop or kill it first');
    else if (full !== undefined && !fails)
      state.problem('/member', `${full} has data here`, `\`wipe: ${full}\` throws it away`);
    if (fails) state.forget(members);
    else for (const one of members) state.restored(one, initialCluster);
  },
  async run({ member, snapshot, ...args }, context) {
    const selected = await select(member, context);
    const members = member === 'all' && selected.length === 0 ? [...context.cluster.members] : selected;
    context.concerns(...members);
    for (const one of members) refuseUnfit(one, context);
    await withSnapshot(snapshot, context, (file) =>
      Promise.all(members.map((one) => restoreOne(one, file, args, context))),
    );
    return { members };
  },
});

function refuseUnfit(member: string, { cluster }: StepContext): void {
  if (cluster.running().some((process) => process.member === member)) {
    throw new Unmet(`${member} is running; a snapshot is restored to a member that is down`);
  }
  if (cluster.hasData(member)) throw new Unmet(`${member} has data; \`wipe: ${member}\` throws it away`);
}

async function restoreOne(
  member: string,
  file: { from: string; path: string },
  args: RestoreArgs,
  context: StepContext,
): Promise<void> {
  const { cluster } = context;
  const version = toolVersion(member, context);
  const tool = snapshotTool(version);
  const entries = args.initialCluster ? cluster.roster.listOf(args.initialCluster) : cluster.roster.fullList();
  const command = [
    tool,
    'snapshot',
    'restore',
    file.path,
    `--name=${member}`,
    `--data-dir=${cluster.dataDir(member)}`,
    `--initial-cluster=${entries.map(({ name, peerURL }) => `${name}=${peerURL}`).join(',')}`,
    `--initial-advertise-peer-urls=${cluster.roster.peerURL(member)}`,
    ...(args.initialClusterToken === undefined ? [] : [`--initial-cluster-token=${args.initialClusterToken}`]),
    ...(args.bumpRevision === undefined ? [] : [`--bump-revision=${args.bumpRevision}`, '--mark-compacted']),
    ...(args.skipHashCheck === true ? ['--skip-hash-check'] : []),
  ];
  await runTool(context, `${tool} for ${member}`, (limit) =>
    cluster.runTool({ member, version, command, file, ...limit }),
  );
  cluster.markData(member);
  cluster.roster.restored(member, entries);
}
