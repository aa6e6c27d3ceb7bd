/** A container's output as it comes. */
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type Dockerode from 'dockerode';
import { engineCall } from './engine';

export interface Output {
  stdout: (text: string) => void;
  stderr: (text: string) => void;
}

/** Follows a started container's output from its beginning. The answer's `done` settles when it has all come. */
export async function followLogs(container: Dockerode.Container, output: Output): Promise<{ done: Promise<void> }> {
  const stream = await engineCall('follow the log', () => container.logs({ follow: true, stdout: true, stderr: true }));
  return { done: demultiplex(container, stream as unknown as Readable, output) };
}

/** Splits the engine's stream into both outputs; settles when the stream ends, fails when it breaks. */
export function demultiplex(container: { modem: unknown }, stream: Readable, output: Output): Promise<void> {
  const modem = container.modem as { demuxStream(from: unknown, out: PassThrough, err: PassThrough): void };
  const out = decoded(output.stdout);
  const err = decoded(output.stderr);
  modem.demuxStream(stream, out, err);
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      out.end();
      err.end();
      resolve();
    };
    stream.on('end', finish);
    stream.on('close', finish);
    stream.on('error', reject);
  });
}

function decoded(deliver: (text: string) => void): PassThrough {
  const decoder = new StringDecoder('utf8');
  const through = new PassThrough();
  through.on('data', (part: Buffer) => deliver(decoder.write(part)));
  return through;
}
