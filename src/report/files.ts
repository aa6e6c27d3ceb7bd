/** Report files: whole or not at all, and without raw control characters. */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../plain-file';

/** Writes a file beside its place and moves it there: a reader never sees half of it. */
export function writeWhole(file: string, text: string): void {
  makeFolders(path.dirname(file));
  const half = `${file}.part`;
  writeFileSync(half, text);
  renameSync(half, file);
}

/** JSON in which DEL, C1 controls and bidirectional overrides are escaped too: `cat` shows it without acting on it. */
export function toSafeJson(value: unknown, indentation?: number): string {
  return JSON.stringify(value, null, indentation).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
