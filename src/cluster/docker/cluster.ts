/** A scenario's cluster on Docker: its own network, a container for each process, a volume for each member. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { abortable, after, firstWithin } from '../../clock';
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
import { shortageInLog } from '../log';
import { Roster } from '../roster';
import type { Security } from '../security';
import { memberContainer, toolContainer, type Place } from './container-options';
import { shortageIn } from '../../shortage';
import { describeEngineDisk } from './disk';
import { endedByOthers, looksEndedByOthers } from './ended';
import { engineCall, engineTrouble, statusOf } from './engine';
import { makeFolder } from './folders';
import { LABEL, ownerLabels, type Labels } from './labels';
import { LogFiles } from './log-files';
import { createNetwork, type ScenarioNetwork } from './network';
import { ContainerProcess } from './process';
import { findLabelled, removeFound, removeReleased } from './remove';
import { executeIn, runToEnd, toolEnvironment, toolUser } from './tools';

export interface DockerClusterOptions {
  docker: Dockerode;
  /** Whether the engine's disk is this machine's. */
  engineIsLocal: boolean;
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

/** How long a process that is there has to answer, and how long the engine may take to notice that one is not. */
const ALIVE_MS = 1000;
const EXIT_MS = 10_000;

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
  /** What is being looked into: whether the environment is to blame. */
  private readonly suspicions = new Set<Promise<void>>();
  private isShort = false;
  /** The first thing that the environment did to this case. */
  private trouble: EnvironmentError | undefined;
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
    await Promise.race([this.findTrouble(), this.lost]);
    if (this.trouble) throw this.trouble;
  }

  /** Looks at the containers as the engine has them: a member may have been ended, removed or paused a moment ago. */
  private async findTrouble(): Promise<void> {
    const { run, caseId } = this.options;
    const filters = { label: [`${LABEL.run}=${run}`, `${LABEL.case}=${caseId}`] };
    const there = await engineCall('see what its containers do', () =>
      this.docker.listContainers({ all: true, filters }),
    );
    const paused = there.find(({ State }) => State === 'paused');
    if (paused) this.blame(pausedByOthers(paused.Names[0]?.replace(/^\//, '') ?? paused.Id));
    const up = new Set(there.filter(({ State }) => State === 'running').map(({ Id }) => Id));
    // Those that have just ended are examined before they count as ended.
    const known = new Set(there.map(({ Id }) => Id));
    const gone = this.running().filter(({ container }) => !known.has(container.id));
    await Promise.all(gone.map((process) => this.examine(process, undefined)));
    if (this.trouble) return;
    const ending = await Promise.all(
      this.running().map(async (process) => ({
        process,
        isUp: up.has(process.container.id) && (await isAlive(process)),
      })),
    );
    const missing = ending.filter(({ isUp }) => !isUp);
    await Promise.all(missing.map(({ process }) => firstWithinQuietly(EXIT_MS, process.exited)));
    // One that was told to end may take its time.
    await Promise.all(
      this.running()
        .filter(isToldToEnd)
        .map((process) => this.examine(process, undefined)),
    );
    await Promise.all(this.suspicions);
  }

  /** Looks into why a process ended; what it finds ends the case. */
  private async examine(process: ContainerProcess, exitCode: number | undefined): Promise<void> {
    const { container, member: who, sent, log, startedAt } = process;
    const ended = { container, who, exitCode, sent, lines: log.lines, startedAt };
    // An end that this run caused needs no question; neither does one while everything is being removed.
    if (this.closing || sent.has('SIGKILL')) return;
    if (sent.has('SIGTERM') && exitCode === 0) return;
    await this.suspect(async () => {
      const found = await endedByOthers(this.docker, ended);
      if (found && !this.closing) this.blame(found);
    });
  }

  /** A member that lacks disk, files, threads or memory says so in its log: whatever happens then is not etcd's doing. */
  private listen(member: string, line: string): void {
    const found = this.isShort || this.closing ? undefined : shortageInLog(line);
    if (!found) return;
    this.isShort = true;
    void this.suspect(async () => {
      const { shortage, said } = found;
      const disk = shortage.isDisk ? `; ${await describeEngineDisk(this.docker, this.options.engineIsLocal)}` : '';
      this.blame(new EnvironmentError(`${shortage.what}: ${member} logged "${said}"${disk}`, shortage.cure));
    });
  }

  private suspect(look: () => Promise<void>): Promise<void> {
    const looking: Promise<void> = look()
      // A question that the engine can't answer any more: that is its loss, which is told.
      .catch((thrown: unknown) => this.blame(engineTrouble('look into the end of a process', thrown)))
      .finally(() => this.suspicions.delete(looking));
    this.suspicions.add(looking);
    return looking;
  }

  private blame(trouble: EnvironmentError): void {
    this.trouble ??= trouble;
    this.reportLoss(this.trouble);
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
      (thrown: unknown) => this.closing || this.blame(engineTrouble(`watch ${member}`, thrown)),
    );
    return process;
  }

  serving(process: MemberProcess): void {
    this.options.onServing(process);
  }

  async signal(member: string, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const process = this.process(member);
    if (!process) throw new Unmet(`${member} never ran`);
    process.sent.add(name);
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
    const answer = await this.track(() => executeIn(container, command, { env, signal }));
    await this.checkTool(`${command[0]} in ${member}`, answer);
    const { exitCode: code } = answer;
    if (isKilled(code) && process.sent.size === 0) {
      await this.confirm();
      const { State } = await engineCall(`inspect ${member}`, () => container.inspect());
      throw killedTool(`${command[0]} in ${member}`, code, State.OOMKilled);
    }
    return answer;
  }

  /** Throws EnvironmentError where a tool failed for something that its machine lacks. */
  private async checkTool(who: string, { exitCode, stderr }: ToolAnswer): Promise<void> {
    const shortage = exitCode === 0 ? undefined : shortageIn(stderr);
    if (!shortage) return;
    const disk = shortage.isDisk ? `; ${await describeEngineDisk(this.docker, this.options.engineIsLocal)}` : '';
    throw new EnvironmentError(`${shortage.what}: ${who} said: ${stderr.trim()}${disk}`, shortage.cure);
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
      const answer = await this.track(() => runToEnd(container, { file: request.file, signal: limit }));
      const who = `${command[0]} for ${member}`;
      await this.checkTool(who, answer);
      if (isKilled(answer.exitCode) && !this.closing) {
        const { State } = await engineCall(`inspect ${who}`, () => container.inspect());
        throw killedTool(who, answer.exitCode, State.OOMKilled);
      }
      return answer;
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
    if (machine.hasData) await this.checkVolume(member, place.volume);
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
      onLine: (line) => this.listen(member, line),
      examine: (process, exitCode) => this.examine(process, exitCode),
      connect: (endpoint) =>
        this.connectEtcd(member, endpoint, this.options.security, () => this.running().map((one) => one.endpoint)),
    });
  }

  private async placeFor(member: string, name: string, version: string): Promise<Place> {
    const volume = await this.volumeOf(member);
    const image = this.options.imageOf(version);
    return { name: this.nameOf(name), image, labels: this.labels, networkName: this.net.name, volume };
  }

  /** The engine makes a volume anew that somebody has removed, and the member would begin without its data. */
  private async checkVolume(member: string, volume: string): Promise<void> {
    try {
      await this.docker.getVolume(volume).inspect();
    } catch (thrown) {
      if (statusOf(thrown) !== 404) throw engineTrouble(`inspect the volume of ${member}`, thrown);
      throw new EnvironmentError(
        `the volume ${volume} with the data of ${member} was removed from outside the run`,
        'let nobody remove volumes while a run is under way (`docker volume prune`, `docker system prune --volumes`)',
      );
    }
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

/** Connections break before the engine knows that a process has ended: its metrics page answers as long as it lives. */
async function isAlive(process: ContainerProcess): Promise<boolean> {
  return (await process.metrics(ALIVE_MS)) !== undefined;
}

function isToldToEnd({ exitCode, sent, log }: ContainerProcess): boolean {
  return exitCode === undefined && looksEndedByOthers({ exitCode, sent, lines: log.lines });
}

/** Waits for an end, at most so long; what it ended with is not of interest. */
async function firstWithinQuietly(ms: number, end: Promise<unknown>): Promise<void> {
  await firstWithin(ms, new AbortController().signal, [end.catch(() => undefined)]);
}

/** The exit codes of a process that got SIGKILL or SIGTERM. */
function isKilled(exitCode: number): boolean {
  return exitCode === 137 || exitCode === 143;
}

function killedTool(who: string, exitCode: number, isOutOfMemory: boolean): EnvironmentError {
  const why = isOutOfMemory ? 'memory ran out (OOMKilled)' : 'by no signal of this run: the kernel, or somebody else';
  return new EnvironmentError(
    `${who} was killed (exit code ${exitCode}), ${why}`,
    'give the engine more memory, or run fewer cases at a time: --jobs 1',
  );
}

function pausedByOthers(name: string): EnvironmentError {
  return new EnvironmentError(
    `the container ${name} was paused from outside the run`,
    'let nobody pause containers of a run, then run it again',
  );
}

function ignoreGone(thrown: unknown): void {
  const cause = (thrown as { cause?: { statusCode?: number } }).cause;
  if (cause?.statusCode !== 404) throw thrown;
}
