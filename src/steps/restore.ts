import { Unmet } from '../errors';
import { isUp } from './ask';
import type { StepContext } from './context';
import { awaitEnding } from './ending';
import { clusterList } from '../cluster/command';
import { atLeast } from '../cluster/version';
import type { ListEntry, Roster } from '../cluster/roster';
import type { DrillState } from './drill-state';
import { folded, quote, sentences, targetOf, toolName, type Instruction } from './instruction';
import { MEMBERS } from './results';
import { flag, memberNames, startable, text, version } from './schema';
import { select, type Selector } from './select';
import {
  requireSnapshot,
  SNAPSHOT_SOURCE,
  snapshotFileName,
  snapshotWords,
  withSnapshot,
  type SnapshotSource,
} from './snapshot-source';
import { defineStep } from './step';
import { runTool, snapshotTool, toolVersion } from './tool';
import { list } from './words';

export interface RestoreArgs {
  version?: string;
  initialCluster?: readonly string[];
  initialClusterToken?: string;
  bumpRevision?: number;
  markCompacted?: boolean;
  skipHashCheck?: boolean;
}

export const restore = defineStep({
  name: 'restore',
  summary:
    'Restores a snapshot into the data directory of members, with the tool of their own version, or of another one.',
  example: [
    '- put: {key: foo, value: bar}',
    '- snapshot: backup',
    '- stop: all',
    '- wipe: all',
    '- restore: {member: all, snapshot: backup}',
    '- start: all',
    '- get: {key: foo, value: bar}',
  ],
  versions:
    'The tool is etcdctl up to 3.4 and etcdutl from 3.5 on. `bumpRevision` and `markCompacted` are in some versions only; where one lacks them, its tool says so.',
  main: 'member',
  args: {
    member: { ...startable, description: 'who gets the data: down, and without data' },
    snapshot: SNAPSHOT_SOURCE,
    version: {
      ...version,
      description: 'the etcd version whose tool restores; left out: the one that the member ran last',
    },
    initialCluster: { ...memberNames, description: 'the new cluster’s members; left out: all' },
    initialClusterToken: { ...text, description: '--initial-cluster-token' },
    bumpRevision: { type: 'integer', minimum: 1, description: 'by how much the revision is raised' },
    markCompacted: { ...flag, description: 'the raised revision counts as compacted, so that watchers notice' },
    skipHashCheck: { ...flag, description: 'for a database file copied from a disk, which has no hash' },
  },
  required: ['member', 'snapshot'],
  result: MEMBERS,
  timeoutMs: 60_000,
  sentence: ({ member, snapshot, version: tool }) =>
    `restore ${snapshotWords(snapshot)} to ${list(member)}${tool === undefined ? '' : ` with the tool of ${tool}`}`,
  check: ({ bumpRevision, markCompacted }) =>
    (bumpRevision === undefined) === (markCompacted !== true)
      ? []
      : [
          {
            pointer: '',
            message: '`bumpRevision` and `markCompacted: true` need each other: etcd takes both or neither',
          },
        ],
  follow({ member, snapshot, ...args }, state, { fails }) {
    requireSnapshot(snapshot, state);
    const members = state.named(member);
    if (!members) return state.forget();
    const up = members.find((one) => state.isUp(one) === true);
    const full = members.find((one) => state.hasData(one) === true);
    if (up !== undefined) state.problem('restore-unfit', '/member', `${up} is running here`, 'stop or kill it first');
    else if (full !== undefined && !fails)
      state.problem('restore-unfit', '/member', `${full} has data here`, `\`wipe: ${full}\` throws it away`);
    const refused = !fails && reportListWithoutMember(members, args.initialCluster, state);
    if (fails || refused) state.forget(members);
    else {
      const origin = sourceOf(snapshot, args);
      const outsideFile = typeof snapshot === 'string' ? undefined : snapshot.file;
      for (const one of members) state.restored(one, { list: args.initialCluster, origin, outsideFile });
    }
  },
  runbook: ({ member, snapshot, ...args }, state) => instruct(member, snapshot, args, state),
  async run({ member, snapshot, ...args }, context) {
    const members = await select(member, context);
    context.concerns(...members);
    await awaitEnding(context, members);
    for (const one of members) refuseUnfit(one, context);
    await withSnapshot(snapshot, context, (file) =>
      Promise.all(members.map((one) => restoreOne(one, { ...file, source: sourceOf(snapshot, args) }, args, context))),
    );
    if (typeof snapshot !== 'string') context.remark(NEW_CLUSTER);
    return { members };
  },
});

const NEW_CLUSTER =
  'the keys are those of the snapshot, the member list and the log are new: what an upgrade makes of the old ones is not ' +
  'shown (docs/upgrades.md, "What a rehearsal does not cover")';

/** The flags of `snapshot restore` but for the data directory. */
export function restoreFlags(member: string, args: RestoreArgs, roster: Roster): [name: string, value?: string][] {
  return [
    ['--name', member],
    ['--initial-cluster', clusterList(listFor(args, roster))],
    ['--initial-advertise-peer-urls', roster.peerURL(member)],
    ...(args.initialClusterToken === undefined
      ? []
      : [['--initial-cluster-token', args.initialClusterToken] as [string, string]]),
    ...(args.bumpRevision === undefined
      ? []
      : [['--bump-revision', String(args.bumpRevision)] as [string, string], ['--mark-compacted'] as [string]]),
    ...(args.skipHashCheck === true ? [['--skip-hash-check'] as [string]] : []),
  ];
}

function listFor({ initialCluster }: RestoreArgs, roster: Roster): ListEntry[] {
  return initialCluster ? roster.listOf(initialCluster) : roster.fullList();
}

function instruct(member: Selector, snapshot: SnapshotSource, args: RestoreArgs, state: DrillState): Instruction {
  const target = targetOf(member, state);
  const file = snapshotFileName(snapshot);
  const commands = target.names.map((name) => {
    const toolOf = args.version ?? state.roster.specOf(name)?.version ?? state.version;
    const flags = restoreFlags(name, args, state.roster).map(([flagName, value]) =>
      value === undefined ? flagName : `${flagName} ${quote(value)}`,
    );
    const tool = `${toolName(snapshotTool(toolOf), toolOf)} snapshot restore ${quote(file)}`;
    return { on: name, text: folded([tool, ...flags]), etcd: toolOf };
  });
  return {
    before: sentences(
      target.explained,
      `Copy ${file} to ${target.names.length > 1 ? 'each of these machines' : 'that machine'} first.`,
      target.names.length > 1 ? 'Every member is restored from the same file, with the same list.' : '',
      args.bumpRevision === undefined ? goesBack(args.version ?? state.version) : '',
    ),
    commands,
    see: ['Each prints `restored snapshot` or `added member`, and a new folder with its data is there.'],
    otherwise:
      '`data-dir … not empty` or `already exists`: move the old folder aside. A wrong hash: the file is damaged, take another one.',
  };
}

/** Every version of the tools refuses a list that lacks the member (measured on 3.4.23, 3.5.35, 3.6.16; etcd-io/etcd#12453). */
function reportListWithoutMember(
  members: readonly string[],
  list: readonly string[] | undefined,
  state: DrillState,
): boolean {
  const missing = members.find((one) => list?.includes(one) === false);
  if (missing === undefined) return false;
  const message = `${missing} is not in its own \`initialCluster\`: the tool refuses the restore ("couldn't find local name")`;
  state.problem('restore-list', '/initialCluster', message, `add ${missing} to the list, or omit \`initialCluster\``);
  return true;
}

/** Clients that watched know revisions that the restored cluster does not have yet (#16028). */
function goesBack(version: string): string {
  const cure = 'restart whoever watched (API servers, controllers) afterwards';
  const flags = atLeast(version, '3.5.10')
    ? `, or add \`--bump-revision 1000000000 --mark-compacted\` to the command of every member, which raises it and tells them`
    : '';
  return `The revision goes back to that of the snapshot: ${cure}${flags}.`;
}

function refuseUnfit(member: string, context: StepContext): void {
  if (isUp(member, context)) {
    throw new Unmet(`${member} is running; a snapshot is restored to a member that is down`);
  }
  if (context.cluster.hasData(member)) throw new Unmet(`${member} has data; \`wipe: ${member}\` throws it away`);
}

/** Which snapshot with which token: restored from the same, with the same list, members are of one cluster. */
function sourceOf(snapshot: SnapshotSource, { initialClusterToken = '' }: RestoreArgs): string {
  return `${JSON.stringify(snapshot)} ${initialClusterToken}`;
}

async function restoreOne(
  member: string,
  file: { from: string; path: string; source: string },
  args: RestoreArgs,
  context: StepContext,
): Promise<void> {
  const { cluster } = context;
  const toolOf = args.version ?? toolVersion(member, context);
  const tool = snapshotTool(toolOf);
  const list = listFor(args, cluster.roster);
  const command = [
    tool,
    'snapshot',
    'restore',
    file.path,
    `--data-dir=${cluster.dataDir(member)}`,
    ...restoreFlags(member, args, cluster.roster).map(([name, value]) =>
      value === undefined ? name : `${name}=${value}`,
    ),
  ];
  await runTool(context, `${tool} for ${member}`, (limit) =>
    cluster.runTool({ member, version: toolOf, command, file, ...limit }),
  );
  cluster.markData(member);
  cluster.roster.restored(member, { list, source: file.source });
}
