/** One process of a member: one container, from its start to its end. */
import { get } from 'node:http';
import type Dockerode from 'dockerode';
import { after } from '../../clock';
import { asError, Unmet } from '../../errors';
import type { EtcdClient } from '../client';
import type { MemberProcess, StartSpec } from '../cluster';
import { ProcessLog } from '../log';
import { PORTS } from '../security';
import { engineCall } from './engine';
import { brokenOff, followLogs } from './logs';

export interface ProcessOptions {
  member: string;
  incarnation: number;
  spec: StartSpec;
  command: readonly string[];
  networkName: string;
  /** The host that published ports are reached at. */
  reachedAt: string;
  /** Chosen by us; undefined where the engine chose. */
  address: string | undefined;
  logFile: string | undefined;
  logSink: ((text: string) => void) | undefined;
  /** A log line as it may be kept and shown. */
  veilLog: (line: string) => string;
  connect: (endpoint: string) => EtcdClient;
  /** Told of every line of the log. */
  onLine: (line: string) => void;
  /** Looks into an end that this run did not cause, before anybody is told of it; never rejects. */
  examine: (process: ContainerProcess, exitCode: number) => Promise<void>;
}

/** How long the rest of a log may take after its process has ended. */
const LOG_END_MS = 2000;

export class ContainerProcess implements MemberProcess {
  readonly member: string;
  readonly incarnation: number;
  readonly spec: StartSpec;
  readonly command: readonly string[];
  readonly log: ProcessLog;
  readonly logFile: string | undefined;
  /** The signals that this run sent to it. */
  readonly sent = new Set<string>();
  /** By the engine's clock. */
  startedAt: string | undefined;
  address = '';
  endpoint = '';
  exitCode: number | undefined;
  exited: Promise<number> = new Promise(() => undefined);
  private metricsEndpoint = '';
  private openClient: EtcdClient | undefined;
  private readonly watching = new AbortController();

  constructor(
    readonly container: Dockerode.Container,
    private readonly options: ProcessOptions,
  ) {
    this.member = options.member;
    this.incarnation = options.incarnation;
    this.spec = options.spec;
    this.command = options.command;
    this.logFile = options.logFile;
    this.log = new ProcessLog(options.logSink, options.veilLog, options.onLine);
  }

  /** Starts the container and learns its address and ports. */
  async start(): Promise<void> {
    await engineCall(`start ${this.member}`, () => this.container.start());
    const append = (text: string): void => this.log.append(text);
    const [info, log] = await Promise.all([
      engineCall(`inspect ${this.member}`, () => this.container.inspect()),
      followLogs(this.container, { stdout: append, stderr: append }, this.watching.signal),
    ]);
    const ports = info.NetworkSettings.Ports as Record<string, { HostPort: string }[] | null | undefined>;
    const published = (port: number): string => {
      const hostPort = ports[`${port}/tcp`]?.[0]?.HostPort;
      return hostPort ? `${this.options.reachedAt}:${hostPort}` : '';
    };
    this.startedAt = info.State.StartedAt;
    this.endpoint = published(PORTS.client);
    this.metricsEndpoint = published(PORTS.metrics);
    this.address = this.options.address ?? info.NetworkSettings.Networks[this.options.networkName]?.IPAddress ?? '';
    this.exited = this.watchExit(log.done);
    this.exited.catch(() => undefined);
  }

  get client(): EtcdClient {
    if (this.exitCode !== undefined || this.endpoint === '') throw new Unmet(`${this.member} is not running`);
    this.openClient ??= this.options.connect(this.endpoint);
    return this.openClient;
  }

  async metrics(timeoutMs: number): Promise<string | undefined> {
    if (this.metricsEndpoint === '') return undefined;
    return httpGetOk(`http://${this.metricsEndpoint}/metrics`, timeoutMs).catch(() => undefined);
  }

  get(path: string, timeoutMs: number): Promise<{ status: number; body: string }> {
    return httpGet(`http://${this.endpoint}${path}`, timeoutMs);
  }

  async versions(timeoutMs: number): Promise<Record<string, string>> {
    const text = await httpGetOk(`http://${this.endpoint}/version`, timeoutMs).catch((thrown: unknown): never => {
      throw new Unmet(`${this.member} does not answer /version: ${asError(thrown).message}`);
    });
    return JSON.parse(text) as Record<string, string>;
  }

  closeClient(): void {
    this.openClient?.close();
    this.openClient = undefined;
  }

  /** Stops following a process that runs on: requests that are left open would keep the runner from ending. */
  letGo(): void {
    this.closeClient();
    this.watching.abort();
  }

  private async watchExit(logDone: Promise<void>): Promise<number> {
    const { signal: abortSignal } = this.watching;
    const ended = engineCall(`wait for ${this.member}`, () => this.container.wait({ abortSignal })) as Promise<{
      StatusCode: number;
    }>;
    const { StatusCode } = await Promise.race([ended, brokenOff(logDone)]);
    await Promise.race([logDone, new Promise((resolve) => setTimeout(resolve, LOG_END_MS).unref())]);
    this.log.end();
    await this.options.examine(this, StatusCode);
    this.exitCode = StatusCode;
    this.closeClient();
    return StatusCode;
  }
}

async function httpGetOk(url: string, timeoutMs: number): Promise<string> {
  const { status, body } = await httpGet(url, timeoutMs);
  if (status !== 200) throw new Error(`status ${status}`);
  return body;
}

function httpGet(url: string, timeoutMs: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { signal: after(timeoutMs), agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
  });
}
