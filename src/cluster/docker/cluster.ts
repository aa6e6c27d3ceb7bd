/** A scenario's cluster on Docker: its own network, a container for each process, a volume for each member. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { abortable, after, sleep } from '../../clock';
import { asError, EnvironmentError, Interrupted, Unmet } from '../../errors';
import type {
  Cluster,
  ExecuteOptions,
  MemberProcess,
  StartSpec,
  StartedTool,
  ToolAnswer,
  ToolRequest,
} from '../cluster';
import { dataDirOf } from '../command';
import type { connectEtcd as ConnectEtcd } from '../etcd/client';
import { Roster } from '../roster';
import type { Security } from '../security';
import { memberContainer, toolContainer, type Place } from './container-options';
import { engineCall, engineTrouble } from './engine';
import { makeFolder } from './folders';
import { LABEL, ownerLabels, type Labels } from './labels';
import { LogFiles } from './log-files';
import { createNetwork, type ScenarioNetwork } from './network';
import { ContainerProcess } from './process';
import { findLabelled, removeFound, removeReleased } from './remove';
import { executeIn, runToEnd, toolEnvironment, toolUser } from './tools';

export interface DockerClusterOptions {
  docker: Dockerode;
  run: string;
  caseId: string;
  /** Unique among the cases of the run; part of the names in Docker. */
  caseNumber: number;
  members: readonly string[];
  security: Security;
  /** The address that ports are published on, and the host that they are reached at. */
  bind: string;
  reachedAt: string;
  /** Whether what is made may be left up when the case fails. */
  keep: boolean;
  /** Whether members need addresses of our own choice. */
  pinnedAddresses: boolean;
  /** The image of a version, made available before. */
  imageOf: (version: string) => string;
  /** Where a process's log is written; undefined for nowhere. */
  logFileOf: (member: string, incarnation: number) => string | undefined;
  /** A log line as it may be kept and shown. */
  veilLog: (line: string) => string;
  onStart: (process: MemberProcess) => void;
  onServing: (process: MemberProcess) => void;
  onExit: (process: MemberProcess) => void;
  onTool: (tool: StartedTool) => void;
}

/** How long the engine is given to say that it is there. */
const CONFIRM_MS = 2000;

interface Machine {
  volume: string | undefined;
  /** Counts volumes: a wiped member gets a new one. */
  generation: number;
  hasData: boolean;
  address: string | undefined;
  processes: ContainerProcess[];
}

export class DockerCluster implements Cluster {
  readonly roster: Roster;
  readonly members: readonly string[];
  /** Rejects, with an EnvironmentError, when the engine is lost; never settles otherwise. */
  readonly lost: Promise<never>;
  private reportLoss: (error: EnvironmentError) => void = () => undefined;
  private readonly machines = new Map<string, Machine>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly logFiles = new LogFiles((error) => this.reportLoss(error));
  private readonly labels: Labels;
  private folder = '';
  private closing = false;
  private connectEtcd: typeof ConnectEtcd = () => {
    throw new Error('the cluster was not set up');
  };
  private network: ScenarioNetwork | undefined;

  constructor(private readonly options: DockerClusterOptions) {
    this.members = options.members;
    this.roster = new Roster(options.members, options.security);
    this.labels = ownerLabels(options.run, options.caseId, options.keep);
    for (const member of options.members) {
      this.machines.set(member, {
        volume: undefined,
        generation: 0,
        hasData: false,
        address: undefined,
        processes: [],
      });
    }
    this.lost = new Promise((_, reject) => (this.reportLoss = reject));
    this.lost.catch(() => undefined);
  }

  /** Makes the network and the scenario's folder. */
  async setUp(): Promise<void> {
    const { docker, pinnedAddresses: pinned } = this.options;
    this.folder = await makeFolder(this.labels);
    const options = { name: this.nameOf('net'), labels: this.labels, pinned };
    // etcd3 takes a while to load: while the engine makes the network.
    const [network, etcd] = await Promise.all([
      this.track(() => createNetwork(docker, options)),
      import('../etcd/client'),
    ]);
    this.network = network;
    this.connectEtcd = etcd.connectEtcd;
  }

  /**
   * Removes everything that this scenario made, whatever state it is in. Throws EnvironmentError for what is not removed
   * before the signal is aborted.
   */
  async tearDown(signal: AbortSignal): Promise<void> {
    const { docker, run, caseId } = this.options;
    try {
      await abortable(this.close(), signal);
      const mine = [`${LABEL.run}=${run}`, `${LABEL.case}=${caseId}`];
      await removeFound(docker, await abortable(findLabelled(docker, mine), signal), signal);
    } catch (thrown) {
      // Whatever kept it from being removed: it has a name.
      const { message } = asError(thrown);
      throw new EnvironmentError(message, `remove what is left with \`etcd-scenarios clean --run ${run}\``, {
        cause: thrown,
      });
    } finally {
      await this.closeFiles();
    }
  }

  /** With `--keep`: lets go of the cluster and leaves it up. Says how to reach it and how to remove it. */
  async letGo(): Promise<string[]> {
    const reach = this.running().map(
      ({ member, endpoint, container }) =>
        `${member}: ${endpoint}, or \`docker exec ${container.id.slice(0, 12)} etcdctl member list\``,
    );
    await this.close();
    await this.closeFiles();
    return [...reach, `remove it with \`etcd-scenarios clean --run ${this.options.run}\``];
  }

  async confirm(): Promise<void> {
    const answer = engineCall('see whether it is still there', () => this.docker.ping());
    const answered = new AbortController();
    // One that hangs is no proof of anything: the step's own failure stands.
    await Promise.race([answer, sleep(CONFIRM_MS, answered.signal)]).finally(() => answered.abort());
  }

  process(member: string): ContainerProcess | undefined {
    return this.machine(member).processes.at(-1);
  }

  incarnations(member: string): readonly ContainerProcess[] {
    return this.machine(member).processes;
  }

  running(): ContainerProcess[] {
    return this.members.flatMap((member) => {
      const process = this.process(member);
      return process && process.exitCode === undefined ? [process] : [];
    });
  }

  async start(member: string, spec: StartSpec, signal: AbortSignal): Promise<ContainerProcess> {
    const machine = this.machine(member);
    const before = this.process(member)?.address;
    signal.throwIfAborted();
    const process = await this.track(() => this.create(member, spec));
    machine.processes.push(process);
    machine.hasData = true;
    await this.track(() => process.start());
    if (spec.newAddress && before !== undefined && process.address === before) {
      throw new EnvironmentError(`${member} was to get a new address and came up with its old one, ${before}`);
    }
    this.options.onStart(process);
    process.exited.then(
      () => this.options.onExit(process),
      (thrown: unknown) => this.closing || this.reportLoss(engineTrouble(`watch ${member}`, thrown)),
    );
    return process;
  }

  serving(process: MemberProcess): void {
    this.options.onServing(process);
  }

  async signal(member: string, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const process = this.process(member);
    if (!process) throw new Unmet(`${member} never ran`);
    await this.track(() => engineCall(`send ${name} to ${member}`, () => process.container.kill({ signal: name })));
  }

  async wipe(member: string): Promise<void> {
    const machine = this.machine(member);
    const { volume } = machine;
    if (volume === undefined) return;
    for (const { container } of machine.processes) {
      await engineCall(`remove an ended process of ${member}`, () => container.remove({ v: true })).catch(ignoreGone);
    }
    const remove = (): Promise<unknown> => this.docker.getVolume(volume).remove();
    await this.track(() => engineCall(`remove the volume of ${member}`, () => removeReleased(remove)));
    Object.assign(machine, { volume: undefined, hasData: false });
  }

  hasData(member: string): boolean {
    return this.machine(member).hasData;
  }

  markData(member: string): void {
    this.machine(member).hasData = true;
  }

  async execute(member: string, command: string[], how: ExecuteOptions): Promise<ToolAnswer> {
    const process = this.process(member);
    if (!process || process.exitCode !== undefined) throw new Unmet(`${member} is not running`);
    const signal = AbortSignal.any([how.signal, after(how.timeoutMs)]);
    const { container, spec } = process;
    const { security } = this.options;
    const env = [...toolEnvironment(spec.version, how.api), ...toolUser(command, security)];
    this.options.onTool({ member, version: spec.version, command, env });
    return this.track(() => executeIn(container, command, { env, signal }));
  }

  async runTool(request: ToolRequest): Promise<ToolAnswer> {
    const { member, version, command, timeoutMs, signal } = request;
    signal.throwIfAborted();
    const limit = AbortSignal.any([signal, after(timeoutMs)]);
    const name = `${command[0]}-${member}-${Date.now()}`;
    const place = await this.track(() => this.placeFor(member, name, version));
    const created = toolContainer(request, place);
    this.options.onTool({ member, version, command: created.Cmd ?? [], env: created.Env ?? [] });
    const container = await this.track(() =>
      engineCall(`create ${command[0]} for ${member}`, () => this.docker.createContainer(created)),
    );
    try {
      return await this.track(() => runToEnd(container, { file: request.file, signal: limit }));
    } finally {
      // Where the scenario is being removed already, that removes it too.
      if (!this.closing) await engineCall('remove a tool', () => container.remove({ force: true, v: true }));
    }
  }

  filePath(name: string): string {
    return join(this.folder, name);
  }

  dataDir(member: string): string {
    return dataDirOf(member);
  }

  private async create(member: string, spec: StartSpec): Promise<ContainerProcess> {
    const machine = this.machine(member);
    const incarnation = machine.processes.length + 1;
    if (machine.address === undefined || spec.newAddress) machine.address = this.net.nextAddress();
    if (spec.newAddress && machine.address === undefined) {
      throw new EnvironmentError('a new address was asked for on a network without pinned addresses');
    }
    const { bind, security } = this.options;
    const place = await this.placeFor(member, `${member}-${incarnation}`, spec.version);
    const options = memberContainer(member, spec, { ...place, bind, security, address: machine.address });
    const container = await engineCall(`create ${member}`, () => this.docker.createContainer(options));
    const logFile = this.options.logFileOf(member, incarnation);
    return new ContainerProcess(container, {
      member,
      incarnation,
      spec,
      command: options.Cmd ?? [],
      networkName: this.net.name,
      reachedAt: this.options.reachedAt,
      address: machine.address,
      logFile,
      logSink: logFile === undefined ? undefined : this.logFiles.open(logFile),
      veilLog: this.options.veilLog,
      connect: (endpoint) =>
        this.connectEtcd(member, endpoint, this.options.security, () => this.running().map((one) => one.endpoint)),
    });
  }

  private async placeFor(member: string, name: string, version: string): Promise<Place> {
    const volume = await this.volumeOf(member);
    const image = this.options.imageOf(version);
    return { name: this.nameOf(name), image, labels: this.labels, networkName: this.net.name, volume };
  }

  private async volumeOf(member: string): Promise<string> {
    const machine = this.machine(member);
    if (machine.volume === undefined) {
      machine.generation += 1;
      const Name = this.nameOf(`${member}-data-${machine.generation}`);
      const { labels } = this;
      await engineCall(`create the volume of ${member}`, () => this.docker.createVolume({ Name, Labels: labels }));
      machine.volume = Name;
    }
    return machine.volume;
  }

  private closeClients(): void {
    for (const { processes } of this.machines.values()) for (const process of processes) process.closeClient();
  }

  private async closeFiles(): Promise<void> {
    for (const { processes } of this.machines.values()) for (const process of processes) process.letGo();
    await this.logFiles.close();
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true });
  }

  /** Remembers a call to the engine until it is over: removal begins only when nothing is being made any more. */
  private track<T>(begin: () => Promise<T>): Promise<T> {
    if (this.closing) return Promise.reject(new Interrupted('the cluster of this scenario is being removed'));
    const call = begin();
    this.underWay.add(call);
    const done = (): void => void this.underWay.delete(call);
    call.then(done, done);
    return call;
  }

  /** Lets nothing begin any more, and waits for what is under way: only then is everything to be seen. */
  private async close(): Promise<void> {
    this.closing = true;
    await Promise.allSettled([...this.underWay]);
    this.closeClients();
  }

  private nameOf(what: string): string {
    return `${this.options.run}-${this.options.caseNumber}-${what}`;
  }

  private machine(member: string): Machine {
    const machine = this.machines.get(member);
    if (!machine) throw new Error(`undeclared member ${member}`);
    return machine;
  }

  private get net(): ScenarioNetwork {
    if (!this.network) throw new Error('the cluster was not set up');
    return this.network;
  }

  private get docker(): Dockerode {
    return this.options.docker;
  }
}

function ignoreGone(thrown: unknown): void {
  const cause = (thrown as { cause?: { statusCode?: number } }).cause;
  if (cause?.statusCode !== 404) throw thrown;
}
