/** A container's output as it comes. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type Dockerode from 'dockerode';
import { engineCall, engineTrouble } from './engine';

export interface Output {
  stdout: (text: string) => void;
  stderr: (text: string) => void;
}

/**
 * Follows a started container's output from its beginning, until the signal ends it. The answer's `done` settles when
 * it has all come.
 */
export async function followLogs(
  container: Dockerode.Container,
  output: Output,
  signal?: AbortSignal,
): Promise<{ done: Promise<void> }> {
  const options = { follow: true, stdout: true, stderr: true, abortSignal: signal } as const;
  const stream = await engineCall('follow the log', () => container.logs(options));
  return { done: demultiplex(container, stream as unknown as Readable, output) };
}

/**
 * Splits the engine's stream into both outputs. Settles when all of it was delivered; fails where it breaks off, which
 * it does only with the engine.
 */
export function demultiplex(container: { modem: unknown }, stream: Readable, output: Output): Promise<void> {
  const modem = container.modem as { demuxStream(from: unknown, out: PassThrough, err: PassThrough): void };
  const out = decoded(output.stdout);
  const err = decoded(output.stderr);
  modem.demuxStream(stream, out, err);
  const broken = new Promise<never>((_, reject) => {
    stream.on('error', (error) => reject(engineTrouble('read what a container prints', error)));
  });
  const finish = (): void => {
    out.end();
    err.end();
  };
  stream.on('end', finish);
  stream.on('close', finish);
  const done = Promise.race([broken, Promise.all([once(out, 'end'), once(err, 'end')]).then(() => undefined)]);
  // Whoever waits for it is told; a container that is left to itself is not worth the whole run.
  done.catch(() => undefined);
  return done;
}

/** Fails when a log breaks off, and settles in no other way: a wait for a container's end outlives the engine. */
export function brokenOff(done: Promise<void>): Promise<never> {
  return done.then(() => new Promise<never>(() => undefined));
}

function decoded(deliver: (text: string) => void): PassThrough {
  const decoder = new StringDecoder('utf8');
  const through = new PassThrough();
  through.on('data', (part: Buffer) => deliver(decoder.write(part)));
  return through;
}
