/** Report files: whole or not at all, and without raw control characters. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../plain-file';

/**
 * Writes a file beside its place and moves it there: a reader never sees half of it, and after a power loss the old text
 * does not come back.
 */
export function writeWhole(file: string, text: string): void {
  const folder = path.dirname(file);
  makeFolders(folder);
  const half = partOf(file);
  const fd = openSync(half, 'w');
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(half, file);
  syncFolder(folder);
}

/** The file that is written first. */
export function partOf(file: string): string {
  return `${file}.part`;
}

/** Some file systems, and Windows, can't do this for a folder: there the file alone is safe. */
function syncFolder(folder: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(folder, 'r');
    fsyncSync(fd);
  } catch {
    return;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** JSON in which DEL, C1 controls and bidirectional overrides are escaped too: `cat` shows it without acting on it. */
export function toSafeJson(value: unknown, indentation?: number): string {
  return JSON.stringify(value, null, indentation).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
