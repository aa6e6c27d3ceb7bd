import { stat } from 'node:fs/promises';
import { Unmet } from '../errors';
import type { MemberProcess } from '../cluster/cluster';
import { askedMember } from './ask';
import type { StepContext } from './context';
import { whyNotServing } from './health';
import { asked, etcdctl, quote, sentences, toolName } from './instruction';
import { revision, single, text } from './schema';
import {
  requireSnapshot,
  SNAPSHOT_NAME,
  SNAPSHOT_SOURCE,
  snapshotFileName,
  snapshotWords,
  withSnapshot,
  type SnapshotSource,
} from './snapshot-source';
import { defineStep } from './step';
import { parseToolJson, runTool, snapshotTool, toolVersion } from './tool';

export const snapshot = defineStep({
  name: 'snapshot',
  summary: 'Saves a snapshot of a member under a name, and checks the hash that etcd appends.',
  example: ['- snapshot: {save: backup, from: leader}'],
  main: 'save',
  args: {
    save: { ...SNAPSHOT_NAME, description: 'the name that `restore` uses' },
    from: { ...single, description: 'the member that is asked' },
  },
  required: ['save'],
  result: {
    path: { is: 'text', description: 'the file on this machine; it is removed with the scenario' },
    revision: { is: 'number', description: 'the revision that is in it' },
    hash: { is: 'number', description: 'its hash, as the tool prints it' },
  },
  timeoutMs: 60_000,
  sentence: ({ save, from }) => `save a snapshot as ${save}${from === undefined ? '' : ` from ${String(from)}`}`,
  follow({ save }, state, { fails }) {
    if (state.hasSnapshot(save)) state.problem('snapshot-twice', '/save', `there is a snapshot "${save}" already`);
    if (!fails) state.addSnapshot(save);
  },
  runbook({ save, from }, state) {
    const target = asked(from, state);
    return {
      before: sentences(
        target.explained,
        target.names.length > 1 ? 'A snapshot is taken from one member: any of these that serves.' : '',
      ),
      commands: [
        { text: etcdctl(state, { ...target, names: target.names.slice(0, 1) }, 'snapshot', 'save', `${save}.db`) },
      ],
      see: [`It prints \`Snapshot saved at ${save}.db\`. Keep the file away from the members' machines.`],
      otherwise: 'Ask another member. A file that was left by a snapshot that failed is not one.',
    };
  },
  async run({ save, from }, context) {
    const process = await askedMember(from, context);
    const path = context.cluster.filePath(`${save}.db`);
    if (await stat(path).catch(() => undefined)) throw new Unmet(`there is a snapshot "${save}" already`);
    if (!context.expectError) await catchUp(process, context);
    const { bytes } = await process.client.snapshot(path, context.call());
    context.note(`${bytes} bytes`);
    if (!context.keepsResult) return;
    const status = await snapshotStatusOf(save, process.member, context);
    return { path, revision: status.revision, hash: status.hash };
  },
});

/** How long a member may take to catch up; without a quorum it never does. */
const CATCH_UP_MS = 3000;

/**
 * etcd saves what the asked member has applied, and a follower may be a moment behind what was acknowledged: a
 * linearizable read through it waits until it is not. Without a quorum there is nothing to wait for.
 */
async function catchUp(process: MemberProcess, context: StepContext): Promise<void> {
  const reason = await whyNotServing(process, context.call(CATCH_UP_MS));
  if (reason === undefined) return;
  context.note(`${process.member} does not serve: the snapshot may lack what was written last`);
}

interface SnapshotStatus {
  hash: string;
  revision: string;
  totalKeys: string;
}

async function snapshotStatusOf(from: SnapshotSource, member: string, context: StepContext): Promise<SnapshotStatus> {
  const version = toolVersion(member, context);
  const tool = snapshotTool(version);
  const answer = await withSnapshot(from, context, (file) =>
    runTool(context, tool, (limit) =>
      context.cluster.runTool({
        member,
        version,
        command: [tool, 'snapshot', 'status', file.path, '--write-out=json'],
        file,
        ...limit,
      }),
    ),
  );
  const status = parseToolJson(answer.stdout, tool);
  return { hash: String(status['hash']), revision: String(status['revision']), totalKeys: String(status['totalKey']) };
}

export const snapshotStatus = defineStep({
  name: 'snapshot-status',
  summary: 'Inspects a snapshot with the tool of the scenario’s version, and compares where something is expected.',
  example: [
    '- put: {key: foo, value: bar}',
    '- snapshot: backup',
    '- snapshot-status: {snapshot: backup, revision: 2}',
  ],
  versions: 'The tool is etcdctl up to 3.4 and etcdutl from 3.5 on.',
  main: 'snapshot',
  args: {
    snapshot: SNAPSHOT_SOURCE,
    totalKeys: {
      ...text,
      pattern: '^\\d+$',
      expects: 'a whole number',
      description: 'how many keys etcd counts in it',
    },
    revision: { ...revision, description: 'its revision' },
  },
  required: ['snapshot'],
  result: {
    hash: { is: 'number', description: 'its hash, as the tool prints it' },
    revision: { is: 'number', description: 'the revision that is in it' },
    totalKeys: { is: 'number', description: 'how many keys etcd counts in it' },
  },
  timeoutMs: 60_000,
  sentence: ({ snapshot: from }) => `inspect ${snapshotWords(from)}`,
  follow: ({ snapshot: from }, state) => requireSnapshot(from, state),
  runbook({ snapshot: from, totalKeys, revision: wanted }, state) {
    const { version } = state;
    const words = [
      toolName(snapshotTool(version), version),
      'snapshot',
      'status',
      quote(snapshotFileName(from)),
      '-w',
      'table',
    ];
    return {
      commands: [{ text: words.join(' ') }],
      see: [
        ...(totalKeys === undefined ? [] : [`TOTAL KEYS is ${totalKeys}.`]),
        ...(wanted === undefined ? [] : [`REVISION is ${wanted}.`]),
      ],
      otherwise: 'A file whose hash is wrong is not to be restored: take another one.',
    };
  },
  async run({ snapshot: from, totalKeys, revision: wanted }, context) {
    const [member = ''] = context.cluster.members;
    const status = await snapshotStatusOf(from, member, context);
    const differing = [
      { subject: 'total keys', expected: totalKeys, actual: status.totalKeys },
      { subject: 'revision', expected: wanted, actual: status.revision },
    ].flatMap(({ subject, expected, actual }) =>
      expected === undefined || expected === actual ? [] : [{ subject, expected, actual }],
    );
    if (differing.length > 0) throw new Unmet(`${snapshotWords(from)} is not as expected`, differing);
    return { ...status };
  },
});
