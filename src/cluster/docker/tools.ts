/** etcd's own tools: inside a member's container, or once beside the members on a member's volume. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { pack } from 'tar-stream';
import { pipeline } from 'node:stream/promises';
import { abortable } from '../../clock';
import type { ToolAnswer } from '../cluster';
import type { Security } from '../security';
import { atLeast } from '../version';
import { engineCall } from './engine';
import { brokenOff, demultiplex, followLogs } from './logs';

/** etcdctl up to 3.5 speaks the old API unless told (3.3) or knows the variable; 3.6 warns of it. */
export function toolEnvironment(version: string, api: 2 | 3 = 3): string[] {
  return atLeast(version, '3.6') ? [] : [`ETCDCTL_API=${api}`];
}

/**
 * Who the tool is, in its environment: a password on a command line is for everybody to see. With a user of the author's
 * own there, etcdctl refuses the variable beside it (3.4 and later: "conflicting environment variable is shadowed").
 */
export function toolUser(command: readonly string[], { auth }: Security): string[] {
  if (!auth || command.some((word) => /^--?user(=|$)/.test(word))) return [];
  return [`ETCDCTL_USER=${auth.username}:${auth.password}`];
}

/** Runs a command in a running container. */
export async function executeIn(
  container: Dockerode.Container,
  command: string[],
  options: { env: string[]; signal: AbortSignal },
): Promise<ToolAnswer> {
  const answer = { stdout: '', stderr: '' };
  const execution = await engineCall(`run ${command[0]}`, () =>
    container.exec({
      Cmd: command,
      AttachStdout: true,
      AttachStderr: true,
      Env: options.env,
    }),
  );
  const stream = await engineCall(`run ${command[0]}`, () => execution.start({}));
  await abortable(demultiplex(container, stream as Readable, collect(answer)), options.signal);
  const info = await engineCall(`inspect ${command[0]}`, () => execution.inspect());
  return { ...answer, exitCode: info.ExitCode ?? -1 };
}

/** Starts a created container, waits for its end and answers what it said. */
export async function runToEnd(
  container: Dockerode.Container,
  options: { file?: { from: string; path: string }; signal: AbortSignal },
): Promise<ToolAnswer> {
  const answer = { stdout: '', stderr: '' };
  if (options.file) await copyInto(container, options.file);
  await engineCall('start a tool', () => container.start());
  const log = await followLogs(container, collect(answer));
  const ended = engineCall('wait for a tool', () => container.wait()) as Promise<{ StatusCode: number }>;
  const { StatusCode } = await abortable(Promise.race([ended, brokenOff(log.done)]), options.signal);
  await log.done;
  return { ...answer, exitCode: StatusCode };
}

/** Puts one file into a container through the archive API: nothing of the host is ever mounted. */
async function copyInto(container: Dockerode.Container, file: { from: string; path: string }): Promise<void> {
  const { size } = await stat(file.from);
  const archive = pack();
  const upload = engineCall('copy a file into a tool', () =>
    container.putArchive(archive as unknown as NodeJS.ReadableStream, { path: '/' }),
  );
  const entry = archive.entry({ name: file.path.replace(/^\//, ''), size, mode: 0o600 });
  await pipeline(createReadStream(file.from), entry);
  archive.finalize();
  await upload;
}

function collect(answer: { stdout: string; stderr: string }): {
  stdout: (text: string) => void;
  stderr: (text: string) => void;
} {
  return { stdout: (text) => (answer.stdout += text), stderr: (text) => (answer.stderr += text) };
}
