/** Files as text. */
import { open } from 'node:fs/promises';
import { asError, ScenarioError, UsageError } from '../errors';
import { SourceFile } from '../source';

/** Larger than any drill; a limit, so that hostile files end in a message. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Reads a file as UTF-8. Throws UsageError where it can't be read, ScenarioError where it is no text. */
export async function readSource(path: string, shownAs: string, idPath = shownAs): Promise<SourceFile> {
  const bytes = await readAtMost(path, MAX_FILE_BYTES + 1).catch((thrown: unknown) => {
    throw new UsageError(`can't read ${shownAs}: ${asError(thrown).message}`);
  });
  const refuse = (message: string): ScenarioError =>
    new ScenarioError([{ rule: 'file', severity: 'error', place: { file: shownAs, line: 1, column: 1 }, message }]);
  if (bytes.length > MAX_FILE_BYTES) throw refuse('the file has more than 1 MiB, the most that a scenario has');
  try {
    return new SourceFile(shownAs, new TextDecoder('utf-8', { fatal: true }).decode(bytes), idPath, path);
  } catch {
    throw refuse('the file is not UTF-8');
  }
}

/** The beginning of a file: of one without an end, such as /dev/zero, too. */
async function readAtMost(path: string, limit: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(limit);
    let length = 0;
    while (length < limit) {
      const { bytesRead } = await file.read(buffer, length, limit - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}
