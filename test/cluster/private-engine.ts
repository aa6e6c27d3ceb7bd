/**
 * A Docker engine of a test's own, beside the one that everybody uses: what a test kills or counts there is nobody
 * else's. It lives in a network of its own, since a dockerd thinks nothing of deleting another one's docker0. Linux,
 * root and a dockerd are needed; elsewhere there is none.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { connectEngine } from '../../src/cluster/docker/engine';
import { until } from './helpers';

function works(program: string, ...args: string[]): boolean {
  return spawnSync(program, args).status === 0;
}

export const canHavePrivateEngine =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  works('dockerd', '--version') &&
  works('unshare', '--net', 'ip', 'link', 'set', 'lo', 'up') &&
  works('nsenter', '--version');

export class PrivateEngine {
  private readonly folder = mkdtempSync(join(tmpdir(), 'es-engine-'));
  private readonly socket = join(this.folder, 'docker.sock');
  private daemon: ChildProcess | undefined;
  readonly docker = new Dockerode({ socketPath: this.socket });

  /** What a program needs in its environment to use it. */
  get env(): NodeJS.ProcessEnv {
    // Without it testcontainers, inside a container, takes the gateway of the engine's bridge for another machine.
    return { DOCKER_HOST: `unix://${this.socket}`, TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1' };
  }

  /** What a program has to be started with: the ports that the engine publishes are in its own network. */
  get prefix(): string[] {
    return this.isUp() ? ['nsenter', `--net=/proc/${this.daemon?.pid}/ns/net`] : [];
  }

  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'dockerd.log'), 'a');
    // Where nobody reaps the dead, a pid file of theirs would make it wait for them.
    for (const pid of ['docker.pid', 'exec/containerd/containerd.pid']) rmSync(join(this.folder, pid), { force: true });
    const command = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh', 'dockerd', ...this.flags()];
    this.daemon = spawn('unshare', ['--net', ...command], { stdio: ['ignore', log, log] });
    await until('the private engine to answer', async () => {
      if (this.daemon?.exitCode !== null) throw new Error(`dockerd ended:\n${this.log()}`);
      return this.docker.ping().then(
        () => true,
        () => false,
      );
    });
  }

  private flags(): string[] {
    return [
      ...['--host', `unix://${this.socket}`, '--data-root', join(this.folder, 'data')],
      ...['--exec-root', join(this.folder, 'exec'), '--pidfile', join(this.folder, 'docker.pid')],
      ...['--iptables=false', '--ip6tables=false'],
    ];
  }

  /** Copies an image over from the engine that everybody uses. */
  async take(image: string): Promise<void> {
    const { docker } = await connectEngine();
    const progress = await this.docker.loadImage(await docker.getImage(image).get());
    await new Promise((resolve, reject) => progress.on('end', resolve).on('error', reject).resume());
  }

  /** As a crash would. Its containers run on without it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it, and whatever of it a crash left behind. */
  async dispose(): Promise<void> {
    await this.end('SIGTERM');
    for (const pid of this.processes()) process.kill(pid, 'SIGKILL');
    await until('all processes of the private engine to end', () => this.processes().length === 0);
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .flatMap((line) => line.split(' ')[1] ?? []);
    for (const mount of mounts.filter((path) => path.startsWith(this.folder)).reverse()) spawnSync('umount', [mount]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private isUp(): boolean {
    return this.daemon !== undefined && this.daemon.exitCode === null && this.daemon.signalCode === null;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { daemon } = this;
    if (!daemon || !this.isUp()) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill(signal);
    await ended;
  }

  private log(): string {
    return readFileSync(join(this.folder, 'dockerd.log'), 'utf8').split('\n').slice(-15).join('\n');
  }

  /** Its containerd and shims, which name its folder, and what they started. */
  private processes(): number[] {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    const own = all.filter((pid) => readProcess(pid, 'cmdline').includes(this.folder));
    const children = all.filter((pid) => own.includes(Number(/\) \S (\d+)/.exec(readProcess(pid, 'stat'))?.[1])));
    return [...new Set([...children, ...own])].filter((pid) => pid !== process.pid && !isZombie(pid));
  }
}

function isZombie(pid: number): boolean {
  return /\) Z /.test(readProcess(pid, 'stat'));
}

function readProcess(pid: number, file: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
