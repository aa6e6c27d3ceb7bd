/**
 * A cluster without containers: what etcd does with member lists, data directories and quorums, in memory. Independent
 * of the membership model that is tested with it. Facts: etcd-facts.md, sections 0 to 3.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, EtcdClient, MemberInfo } from '../../src/cluster/client';
import type { ExecuteOptions, MemberProcess, StartSpec, ToolAnswer, ToolRequest } from '../../src/cluster/cluster';
import { dataDirOf, etcdCommand } from '../../src/cluster/command';
import { toolContainer } from '../../src/cluster/docker/container-options';
import { toolEnvironment, toolUser } from '../../src/cluster/docker/tools';
import { ProcessLog } from '../../src/cluster/log';
import { Roster } from '../../src/cluster/roster';
import { PLAIN, type Security } from '../../src/cluster/security';
import { EtcdSaid } from '../../src/errors';
import type { CaseCluster, ClusterHooks } from '../../src/run/environment';

/** A raft group: the members in its list, by ID. */
interface Group {
  id: string;
  members: Map<string, MemberInfo>;
  /** Who was handed the leadership. */
  heir?: string;
}

interface Data {
  group: Group;
  /** The ID of the member that the data is of. */
  memberId: string;
}

export interface FakeOptions {
  members: readonly string[];
  security?: Security;
  hooks: ClusterHooks;
}

export class FakeCluster implements CaseCluster {
  readonly members: readonly string[];
  readonly roster: Roster;
  readonly lost = new Promise<never>(() => undefined);
  private readonly volumes = new Map<string, Data | undefined>();
  private readonly processes = new Map<string, FakeProcess[]>();
  private folder = '';
  private added = 0;

  constructor(private readonly options: FakeOptions) {
    this.members = options.members;
    this.roster = new Roster(options.members, this.security);
  }

  setUp(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-fake-'));
    return Promise.resolve();
  }

  tearDown(): Promise<void> {
    for (const process of this.running()) process.end(137);
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  letGo = (): Promise<string[]> => Promise.resolve([]);
  confirm = (): Promise<void> => Promise.resolve();
  serving = (process: MemberProcess): void => this.options.hooks.onServing(process);
  filePath = (name: string): string => join(this.folder, name);
  dataDir = (member: string): string => dataDirOf(member);
  hasData = (member: string): boolean => this.volumes.has(member);

  markData(): void {
    // `runTool` has filled the volume.
  }

  process(member: string): FakeProcess | undefined {
    return this.incarnations(member).at(-1);
  }

  incarnations(member: string): FakeProcess[] {
    return this.processes.get(member) ?? [];
  }

  running(): FakeProcess[] {
    return this.members
      .flatMap((member) => this.process(member) ?? [])
      .filter(({ exitCode }) => exitCode === undefined);
  }

  start(member: string, spec: StartSpec): Promise<MemberProcess> {
    const before = this.incarnations(member);
    const process = new FakeProcess(this, member, spec, before.length + 1, etcdCommand(member, spec, this.security));
    this.processes.set(member, [...before, process]);
    this.options.hooks.onStart(process);
    void process.exited.then(() => this.options.hooks.onExit(process));
    const refusal = this.boot(member, spec);
    if (refusal !== undefined) process.say(`{"level":"fatal","msg":${JSON.stringify(refusal)}}`).end(1);
    this.settle();
    return Promise.resolve(process);
  }

  signal(member: string, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.process(member)?.end(name === 'SIGTERM' ? 0 : 137);
    return Promise.resolve();
  }

  wipe(member: string): Promise<void> {
    this.volumes.delete(member);
    return Promise.resolve();
  }

  execute(member: string, command: string[], { api }: ExecuteOptions): Promise<ToolAnswer> {
    const process = this.process(member);
    if (!process) throw new Error(`${member} never ran`);
    const { version } = process.spec;
    const env = [...toolEnvironment(version, api), ...toolUser(command, this.security)];
    this.options.hooks.onTool({ member, version, command, env });
    const stdout = process
      .list()
      .map((one) => memberLine(one))
      .join('\n');
    return Promise.resolve({ exitCode: 0, stdout, stderr: '' });
  }

  runTool(request: ToolRequest): Promise<ToolAnswer> {
    const { member, version, command } = request;
    const place = { name: '', image: '', labels: {}, networkName: '', volume: '' };
    const { Cmd = [], Env = [] } = toolContainer(request, place);
    this.options.hooks.onTool({ member, version, command: Cmd, env: Env });
    if (command[2] === 'restore') {
      const flag = (name: string): string =>
        command.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
      const group = this.groupOf(`restored ${flag('initial-cluster-token')}`, listOf(flag('initial-cluster')));
      this.volumes.set(member, { group, memberId: idByName(group, member) });
    }
    return Promise.resolve({ exitCode: 0, stdout: '{"hash":1,"revision":1,"totalKey":1}', stderr: '' });
  }

  /** The data of a member that runs, and is in the list of its own group. */
  dataOf(member: string): Data | undefined {
    const data = this.volumes.get(member);
    return data?.group.members.has(data.memberId) ? data : undefined;
  }

  /** A linearizable read comes through: a quorum of the voters runs. */
  hasQuorum({ members }: Group): boolean {
    const voters = [...members.values()].filter(({ learner }) => !learner);
    return this.upIn(voters).length >= Math.floor(voters.length / 2) + 1;
  }

  /** The leader: who was handed the leadership, else the first voter that runs. */
  leaderOf(group: Group): string {
    const up = this.upIn([...group.members.values()].filter(({ learner }) => !learner));
    const leader = up.find(({ id }) => id === group.heir) ?? up[0];
    return this.hasQuorum(group) ? (leader?.id ?? '0') : '0';
  }

  /** etcd has the list sorted by IDs. An added member has an ID that depends on the time. */
  add(group: Group, peerURL: string, learner: boolean): MemberInfo {
    const isHealthy = this.upIn([...group.members.values()]).length === group.members.size;
    if (!isHealthy) throw new EtcdSaid('etcdserver: unhealthy cluster', 'failed', 'fake');
    const info = { id: hash(`${peerURL} ${++this.added}`), name: '', peerURLs: [peerURL], clientURLs: [], learner };
    group.members.set(info.id, info);
    return info;
  }

  /** Says of every process that serves by now that its port is open; those that were removed end. */
  settle(): void {
    for (const process of this.running()) {
      const data = this.dataOf(process.member);
      if (!data)
        process.say('{"level":"warn","msg":"the member has been permanently removed from the cluster"}').end(0);
      else if (this.hasQuorum(data.group)) process.say('{"level":"info","msg":"ready to serve client requests"}');
    }
  }

  private get security(): Security {
    return this.options.security ?? PLAIN;
  }

  /** What etcd does with its data directory before it serves; why it refuses. */
  private boot(member: string, spec: StartSpec): string | undefined {
    const data = this.volumes.get(member);
    if (data) {
      if (spec.forceNewCluster) this.volumes.set(member, { ...data, group: aloneIn(data) });
      return this.dataOf(member) ? undefined : 'the member has been permanently removed from the cluster';
    }
    const list = spec.initialCluster;
    if (!list.some(({ name }) => name === member)) return `couldn't find local name "${member}" in the initial cluster`;
    return spec.initialClusterState === 'new' ? this.bootNew(member, spec) : this.bootExisting(member, spec);
  }

  private bootNew(
    member: string,
    { initialCluster, initialClusterToken = 'etcd-cluster' }: StartSpec,
  ): string | undefined {
    const group = this.groupOf(`new ${initialClusterToken}`, initialCluster);
    const other = this.running().map((one) => this.dataOf(one.member)?.group);
    const peers = initialCluster.filter(({ name }) => name !== member && this.isUp(name));
    if (peers.some(({ name }) => this.dataOf(name) && this.dataOf(name)?.group !== group)) return 'cluster ID mismatch';
    const memberId = idByName(group, member);
    if (!group.members.has(memberId)) return 'the member has been permanently removed from the cluster';
    if (other.includes(group) && group.members.get(memberId)?.clientURLs.length) {
      return `member ${memberId} has already been bootstrapped`;
    }
    this.join(member, { group, memberId });
    return undefined;
  }

  private bootExisting(member: string, { initialCluster }: StartSpec): string | undefined {
    const [peer] = initialCluster.filter(({ name }) => name !== member && this.isUp(name) && this.dataOf(name));
    const group = peer && this.dataOf(peer.name)?.group;
    if (!group) return 'cannot fetch cluster info from peer urls';
    if (group.members.size !== initialCluster.length) return 'member count is unequal';
    const byURL = (url: string): MemberInfo | undefined =>
      [...group.members.values()].find(({ peerURLs }) => peerURLs.includes(url));
    if (!initialCluster.every(({ peerURL }) => byURL(peerURL))) return 'unmatched member while checking PeerURLs';
    const own = byURL(initialCluster.find(({ name }) => name === member)?.peerURL ?? '');
    if (!own) return 'PeerURLs: no match found for existing member';
    this.join(member, { group, memberId: own.id });
    return undefined;
  }

  private join(member: string, data: Data): void {
    this.volumes.set(member, data);
    const info = data.group.members.get(data.memberId);
    data.group.members.set(data.memberId, { ...info!, name: member, clientURLs: [`http://${member}:2379`] });
  }

  /** The group of this list: the one that somebody has data of, else a new one. */
  private groupOf(how: string, list: readonly { name: string; peerURL: string }[]): Group {
    const id = hash(
      `${how} ${list
        .map(({ name, peerURL }) => `${name}=${peerURL}`)
        .toSorted()
        .join(',')}`,
    );
    const known = [...this.volumes.values()].find(
      (data) => data?.group.id === id && data.group.members.has(data.memberId),
    );
    if (known) return known.group;
    const members = list.map(({ name, peerURL }): [string, MemberInfo] => {
      const memberId = hash(`${peerURL} ${id}`);
      return [memberId, { id: memberId, name, peerURLs: [peerURL], clientURLs: [], learner: false }];
    });
    return { id, members: new Map(members) };
  }

  private isUp(member: string): boolean {
    return this.process(member) !== undefined && this.process(member)?.exitCode === undefined;
  }

  private upIn(members: readonly MemberInfo[]): MemberInfo[] {
    return members.filter(({ id }) => this.running().some(({ member }) => this.dataOf(member)?.memberId === id));
  }
}

class FakeProcess implements MemberProcess {
  readonly log = new ProcessLog();
  readonly address = '';
  readonly endpoint = '';
  readonly logFile = undefined;
  readonly exited: Promise<number>;
  readonly client: EtcdClient;
  exitCode: number | undefined;
  private endedWith: (code: number) => void = () => undefined;

  constructor(
    private readonly cluster: FakeCluster,
    readonly member: string,
    readonly spec: StartSpec,
    readonly incarnation: number,
    readonly command: readonly string[],
  ) {
    this.exited = new Promise((resolve) => (this.endedWith = resolve));
    this.client = this.fakeClient() as EtcdClient;
  }

  say(line: string): this {
    this.log.append(`${line}\n`);
    return this;
  }

  end(code: number): void {
    if (this.exitCode !== undefined) return;
    this.exitCode = code;
    this.log.end();
    this.endedWith(code);
  }

  metrics = (): Promise<undefined> => Promise.resolve(undefined);
  get = (): Promise<{ status: number; body: string }> => Promise.resolve({ status: 200, body: '' });

  versions(): Promise<Record<string, string>> {
    const running = this.cluster.running().map(({ spec }) => spec.version.split('.').slice(0, 2).join('.'));
    const [oldest = ''] = running.toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
    return Promise.resolve({ etcdserver: this.spec.version, etcdcluster: `${oldest}.0`, storage: `${oldest}.0` });
  }

  /** The member list, sorted by ID as etcd does. */
  list(): MemberInfo[] {
    const { group } = this.data();
    return [...group.members.values()].toSorted((a, b) => a.id.localeCompare(b.id));
  }

  private data(): Data {
    const data = this.cluster.dataOf(this.member);
    if (!data || this.exitCode !== undefined) throw new EtcdSaid('connection refused', 'failed', this.member);
    return data;
  }

  /** The data of a member that answers what needs a quorum. */
  private served(): Data {
    const data = this.data();
    if (!this.cluster.hasQuorum(data.group)) throw new EtcdSaid('deadline exceeded after 1 s', 'unknown', this.member);
    return data;
  }

  private voting(): Data {
    const data = this.served();
    if (data.group.members.get(data.memberId)?.learner !== true) return data;
    throw new EtcdSaid('etcdserver: rpc not supported for learner', 'failed', this.member);
  }

  private fakeClient(): Partial<EtcdClient> {
    const ok = { revision: '1' };
    const list = (): { clusterId: string; members: MemberInfo[] } => ({
      clusterId: this.data().group.id,
      members: this.list(),
    });
    const change = (apply: (group: Group) => void): Promise<void> => {
      apply(this.voting().group);
      this.cluster.settle();
      return Promise.resolve();
    };
    return {
      range: later(({ serializable }: { serializable?: boolean }) => {
        if (serializable === true) this.data();
        else this.voting();
        return { ...ok, count: '0', kvs: [] };
      }),
      put: (): Promise<typeof ok> => later(() => (this.voting(), ok))({ timeoutMs: 0 }),
      status: later(() => {
        const { group, memberId } = this.data();
        const leader = this.cluster.leaderOf(group);
        const { version } = this.spec;
        return { clusterId: group.id, memberId, version, leader, raftIndex: '1', raftTerm: '1', ...ok };
      }),
      memberList: later(() => (this.voting(), list())),
      memberAdd: later(({ peerURLs, learner }: { peerURLs: string[]; learner: boolean }) => {
        const { id } = this.cluster.add(this.voting().group, peerURLs[0] ?? '', learner);
        return { id, ...list() };
      }),
      memberRemove: (id) => change(({ members }) => members.delete(id)),
      memberPromote: (id) => change(({ members }) => members.set(id, { ...members.get(id)!, learner: false })),
      memberUpdate: (id, peerURLs) => change(({ members }) => members.set(id, { ...members.get(id)!, peerURLs })),
      moveLeader: (id) => change((group) => (group.heir = id)),
      hashKv: later(() => (this.data(), { hash: '1', compactRevision: '0', ...ok })),
      snapshot: later((file: string) => (this.data(), writeFileSync(file, 'snapshot'), { bytes: 8 })),
      close: () => undefined,
    };
  }
}

/** A method that answers, or fails, as a promise. */
function later<Args extends unknown[], Answer>(answer: (...args: Args) => Answer) {
  return (...args: [...Args, Call]): Promise<Answer> =>
    new Promise((resolve) => resolve(answer(...(args as unknown as Args))));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 15);
}

function idByName({ members }: Group, name: string): string {
  return [...members.values()].find((one) => one.name === name)?.id ?? '';
}

/** What --force-new-cluster leaves of a group: the member itself. */
function aloneIn({ group, memberId }: Data): Group {
  const own = group.members.get(memberId);
  return { id: group.id, members: new Map(own ? [[memberId, { ...own, learner: false }]] : []) };
}

function listOf(text: string): { name: string; peerURL: string }[] {
  return text.split(',').map((part) => {
    const [name = '', peerURL = ''] = part.split('=');
    return { name, peerURL };
  });
}

/** As etcdctl 3.4 and later print it. */
function memberLine({ id, name, peerURLs, clientURLs, learner }: MemberInfo): string {
  return [id, name === '' ? 'unstarted' : 'started', name, peerURLs.join(), clientURLs.join(), String(learner)].join(
    ', ',
  );
}
