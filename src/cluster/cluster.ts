/** What steps see of a scenario's cluster. How it is made (Docker, etcd3) is behind these interfaces. */
import type { EtcdClient } from './client';
import type { ProcessLog } from './log';
import type { Roster } from './roster';

/** How a member's process is to be started; everything worked out, nothing left to guess. */
export interface StartSpec {
  version: string;
  /** etcd flags without the dashes, as the author spells them. */
  flags: Record<string, string>;
  initialCluster: { name: string; peerURL: string }[];
  initialClusterState: 'new' | 'existing';
  initialClusterToken?: string;
  peerURL: string;
  forceNewCluster: boolean;
  /** Another machine: same name, same data, another address. */
  newAddress: boolean;
}

/** One process of a member, from its start to its end: an incarnation. */
export interface MemberProcess {
  readonly member: string;
  /** Counts from 1. */
  readonly incarnation: number;
  readonly spec: StartSpec;
  /** The command line that it was started with. */
  readonly command: readonly string[];
  readonly log: ProcessLog;
  /** The member's address on the scenario's network. */
  readonly address: string;
  /** How the runner reaches it: `127.0.0.1:49153`. */
  readonly endpoint: string;
  readonly client: EtcdClient;
  /** The exit code, once the process has ended and its log is complete. */
  readonly exitCode: number | undefined;
  /** Settles with the exit code when the process has ended and its log is complete. */
  readonly exited: Promise<number>;
  /** The log file, for reports; undefined where none is kept. */
  readonly logFile: string | undefined;
  /** The metrics page, from the listener that is always open; undefined where it does not answer. */
  metrics(timeoutMs: number): Promise<string | undefined>;
  /** A GET request to the client port, as a liveness probe sends it. Rejects where nobody answers in time. */
  get(path: string, timeoutMs: number): Promise<{ status: number; body: string }>;
  /** The member's own `/version`: `{etcdserver, etcdcluster, storage?}`. */
  versions(timeoutMs: number): Promise<Record<string, string>>;
}

/** What a tool (etcdctl, etcdutl) said. */
export interface ToolAnswer {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface ExecuteOptions {
  timeoutMs: number;
  signal: AbortSignal;
  /** The API that etcdctl speaks; 3 where nothing is said. Up to 3.5 it has the old one as well. */
  api?: 2 | 3;
}

/** A tool as it was started. */
export interface StartedTool {
  member: string;
  version: string;
  command: readonly string[];
  /** Its own environment: `ETCDCTL_API=3`. */
  env: readonly string[];
}

export interface ToolRequest {
  /** Whose volume and host name the tool sees. */
  member: string;
  version: string;
  command: string[];
  /** A file of the runner's that the tool finds at `path`. */
  file?: { from: string; path: string };
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Cluster {
  /** Declared names, in declared order. */
  readonly members: readonly string[];
  readonly roster: Roster;
  /** The member's newest process, running or ended; undefined where it never ran. */
  process(member: string): MemberProcess | undefined;
  /** Every process that the member ever had, oldest first. */
  incarnations(member: string): readonly MemberProcess[];
  /** The members whose process runs, in declared order. */
  running(): MemberProcess[];
  start(member: string, spec: StartSpec, signal: AbortSignal): Promise<MemberProcess>;
  /** To be called when a process has been seen to serve: reports learn its version from it. */
  serving(process: MemberProcess): void;
  signal(member: string, name: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Throws the member's data directory away. */
  wipe(member: string): Promise<void>;
  /** Whether a process or a restore has used the member's volume since it was last wiped. */
  hasData(member: string): boolean;
  /** Runs a tool in a running member's container. */
  execute(member: string, command: string[], how: ExecuteOptions): Promise<ToolAnswer>;
  /** Runs a tool once, beside the members, on a member's volume. */
  runTool(request: ToolRequest): Promise<ToolAnswer>;
  /** Says that a tool has filled the member's volume. */
  markData(member: string): void;
  /** A path for a file of the scenario's own (snapshots), gone when the scenario ends. */
  filePath(name: string): string;
  /** The data directory of a member, as its own processes and tools see it. */
  dataDir(member: string): string;
}
