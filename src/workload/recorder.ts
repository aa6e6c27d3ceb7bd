/** `workload.ndjson`: every operation with its outcome, one a line, written as they end. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { asError, EnvironmentError } from '../errors';
import { makeFolders } from '../plain-file';
import type { Outcome, Sight } from './history';

export interface Line {
  operation: number;
  client: string;
  /** `put`, `txn`, `read`, or what a holder of a lease asks for: `lease-grant`, `lease-put`, … */
  what: string;
  keys: readonly string[];
  member: string;
  incarnation: number;
  /** Milliseconds since the workload began. */
  atMs: number;
  tookMs: number;
  /** How much later than meant it was sent. */
  lateMs: number;
  outcome: Outcome;
  /** What was said where it was not acknowledged. */
  said?: string;
  revision?: string;
  /** What each key held: before a write, or when it was read. */
  saw?: readonly Sight[];
}

/** Lines are written so many at once: text that is made in one go costs a third of what it costs between requests. */
const LINES = 256;

export class Recorder {
  private readonly stream: WriteStream | undefined;
  private lines: Line[] = [];
  private draining: Promise<void> | undefined;
  private drained: () => void = () => undefined;
  private trouble: Error | undefined;

  /** Undefined: nothing is kept. */
  constructor(private readonly file: string | undefined) {
    if (file === undefined) return;
    try {
      makeFolders(dirname(file));
    } catch (thrown) {
      throw new EnvironmentError(`can't write ${file}: ${asError(thrown).message}`);
    }
    this.stream = createWriteStream(file, { mode: 0o644 });
    this.stream.on('error', (error) => (this.trouble ??= error));
    for (const event of ['drain', 'close']) this.stream.on(event, () => this.drained());
  }

  /** Whoever records waits for it before the next operation: nothing piles up in memory. */
  get ready(): Promise<void> | undefined {
    return this.draining;
  }

  write(line: Line): void {
    if (!this.stream) return;
    if (this.lines.push(line) === LINES) this.flush(this.stream);
  }

  /** Settles when everything is in the file. Throws EnvironmentError where it could not be written. */
  async close(): Promise<void> {
    const { stream } = this;
    if (!stream) return;
    if (this.lines.length > 0) this.flush(stream);
    await new Promise<void>((resolve) => {
      if (stream.destroyed) return resolve();
      stream.once('close', resolve);
      stream.end();
    });
    if (this.trouble) throw new EnvironmentError(`can't write ${this.file}: ${this.trouble.message}`);
  }

  private flush(stream: WriteStream): void {
    const text = this.lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    this.lines = [];
    if (stream.destroyed || stream.write(text) || this.draining) return;
    this.draining = new Promise((resolve) => {
      this.drained = (): void => {
        this.draining = undefined;
        resolve();
      };
    });
  }
}
