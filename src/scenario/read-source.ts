/** Files as text. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { ScenarioError } from '../errors';
import { isHandedOver, systemTrouble, whyNotReadable } from '../plain-file';
import { SourceFile } from '../source';

/** Larger than any drill; a limit, so that hostile files end in a message. */
/** The most that a scenario file has, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** Reads a plain file as UTF-8. Throws ScenarioError, which names the file, where it can't be read or is no text. */
export function readSource(path: string, shownAs: string, idPath = shownAs): SourceFile {
  const refuse = (message: string, hint?: string): ScenarioError =>
    new ScenarioError([
      { rule: 'file', severity: 'error', place: { file: shownAs, line: 1, column: 1 }, message, hint },
    ]);
  const bytes = readOrRefuse(path, (why) => refuse(`can't read ${shownAs}: ${why}`, hintFor(why)));
  if (bytes.length > MAX_FILE_BYTES) throw refuse('the file has more than 1 MiB, the most that a scenario has');
  try {
    return new SourceFile(shownAs, new TextDecoder('utf-8', { fatal: true }).decode(bytes), idPath, path);
  } catch {
    throw refuse('the file is not UTF-8');
  }
}

function readOrRefuse(path: string, refuse: (why: string) => ScenarioError): Buffer {
  const trouble = whyNotReadable(path);
  if (trouble !== undefined) throw refuse(trouble);
  try {
    return readAtMost(path, MAX_FILE_BYTES + 1);
  } catch (thrown) {
    throw refuse(systemTrouble(thrown));
  }
}

function hintFor(why: string): string | undefined {
  return why.startsWith('permission denied') ? 'let this user read it, or run on other paths' : undefined;
}

/** The beginning of a file: some files of /proc have no end. */
function readAtMost(path: string, limit: number): Buffer {
  // Without waiting: what was a plain file a moment ago may be a FIFO now.
  const file = openSync(path, isHandedOver(path) ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // A few kilobytes are most drills.
    let buffer = Buffer.alloc(Math.min(limit, 16 * 1024));
    let length = 0;
    while (length < limit) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(limit, buffer.length * 4));
      const bytesRead = readSync(file, buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
