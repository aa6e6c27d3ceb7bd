/** `events.ndjson`: the stream itself, one event a line, written as it happens, so that a killed run keeps its journal. */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, RunEvent } from '../events';
import { makeFolders } from '../plain-file';
import { toSafeJson } from './files';

export class NdjsonReporter implements Reporter {
  readonly name = 'ndjson';
  private fd: number | undefined;

  constructor(private readonly folder: string) {}

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
    return openSync(path.join(this.folder, 'events.ndjson'), 'w');
  }
}
