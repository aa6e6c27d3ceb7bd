/** `events.ndjson`: the stream itself, one event a line, written as it happens, so that a killed run keeps its journal. */
import { appendFileSync, closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, RunEvent } from '../events';
import { makeFolders, whyNotReadable } from '../plain-file';
import { toSafeJson } from './files';

/** The name of the stream in a reports folder. */
export const EVENTS_FILE = 'events.ndjson';

export class NdjsonReporter implements Reporter {
  readonly name = 'ndjson';
  private fd: number | undefined;

  constructor(private readonly folder: string) {}

  /** A FIFO of this name would block the first event. */
  begin(): void {
    const file = path.join(this.folder, EVENTS_FILE);
    const trouble = existsSync(file) ? whyNotReadable(file) : undefined;
    if (trouble !== undefined) throw new Error(`can't write ${file}: ${trouble}`);
  }

  event(event: RunEvent): void {
    this.fd ??= this.open();
    appendFileSync(this.fd, `${toSafeJson(event)}\n`);
  }

  finish(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private open(): number {
    makeFolders(this.folder);
    return openSync(path.join(this.folder, EVENTS_FILE), 'w');
  }
}
