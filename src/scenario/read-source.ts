/** Files as text. */
import { closeSync, openSync, readSync } from 'node:fs';
import { asError, ScenarioError, UsageError } from '../errors';
import { SourceFile } from '../source';

/** Larger than any drill; a limit, so that hostile files end in a message. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Reads a file as UTF-8. Throws UsageError where it can't be read, ScenarioError where it is no text. */
export function readSource(path: string, shownAs: string, idPath = shownAs): SourceFile {
  const bytes = readOrRefuse(path, shownAs);
  const refuse = (message: string): ScenarioError =>
    new ScenarioError([{ rule: 'file', severity: 'error', place: { file: shownAs, line: 1, column: 1 }, message }]);
  if (bytes.length > MAX_FILE_BYTES) throw refuse('the file has more than 1 MiB, the most that a scenario has');
  try {
    return new SourceFile(shownAs, new TextDecoder('utf-8', { fatal: true }).decode(bytes), idPath, path);
  } catch {
    throw refuse('the file is not UTF-8');
  }
}

function readOrRefuse(path: string, shownAs: string): Buffer {
  try {
    return readAtMost(path, MAX_FILE_BYTES + 1);
  } catch (thrown) {
    throw new UsageError(`can't read ${shownAs}: ${asError(thrown).message}`);
  }
}

/** The beginning of a file: of one without an end, such as /dev/zero, too. */
function readAtMost(path: string, limit: number): Buffer {
  const file = openSync(path, 'r');
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
