/** Runs the script that builds etcd. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { reasonOf } from '../../../clock';
import { EnvironmentError } from '../../../errors';
import { packageRoot } from '../../../package-root';
import type { ImageTask } from './types';

const KILL_AFTER_MS = 3_000;
const CURE = 'name images that can be had with --image NAME:{version}, or test a version that can be built';

/** The script as it lies in the package. */
export function buildScript(): string {
  return join(packageRoot(), 'images', 'build-etcd.sh');
}

/** Leaves the root file system of the version in `folder`, which must not exist yet. */
export async function buildRoot(task: ImageTask, folder: string, architecture: string): Promise<void> {
  const { version, progress, signal, script } = task;
  if (signal.aborted) throw reasonOf(signal);
  const child = spawn('bash', [script, version, folder], {
    // A process group of its own, so that the compilers can be ended with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ETCD_SCENARIOS_GOARCH: architecture },
  });
  const onAbort = (): void => endGroup(child);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const complaint = listen(child, (line) => signal.aborted || progress(line));
    const failure = await endOf(child);
    if (signal.aborted) throw reasonOf(signal);
    if (failure === undefined) return;
    throw new EnvironmentError(`etcd ${version} cannot be built: ${complaint.join('\n') || failure}`, CURE);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Passes the script's lines on; from its first complaint on they are collected instead. */
function listen(child: ChildProcess, progress: (line: string) => void): string[] {
  const complaint: string[] = [];
  if (child.stderr === null) return complaint;
  createInterface({ input: child.stderr }).on('line', (line) => {
    const complains = /^build-etcd: /.test(line);
    if (complains || complaint.length > 0) complaint.push(line.replace(/^build-etcd: /, ''));
    else progress(line);
  });
  return complaint;
}

/** Undefined where the script succeeded, or else how it ended. */
function endOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise((settle) => {
    child.once('error', (error) => settle(error.message));
    child.once('close', (code, signal) => {
      settle(code === 0 ? undefined : `the script ended with ${signal ?? `code ${code}`}`);
    });
  });
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
