import { createWriteStream, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { EnvironmentError } from '../../errors';
import { makeFolders, systemTrouble } from '../../plain-file';
import { shortageBehind } from '../../shortage';

/** The files that processes' logs are written to, as they come. */
export class LogFiles {
  private readonly files: WriteStream[] = [];

  constructor(private readonly onTrouble: (error: EnvironmentError) => void) {}

  /** Opens a file; what is answered appends to it. */
  open(path: string): (text: string) => void {
    try {
      makeFolders(dirname(path));
    } catch (thrown) {
      throw new EnvironmentError(`can't write ${path}: ${systemTrouble(thrown)}`, undefined, { cause: thrown });
    }
    const file = createWriteStream(path, { mode: 0o644 });
    file.on('error', (error) =>
      this.onTrouble(
        shortageBehind(Object.assign(error, { path })) ?? new EnvironmentError(`can't write ${path}: ${error.message}`),
      ),
    );
    this.files.push(file);
    return (text) => file.write(text);
  }

  /** Settles when everything is written. */
  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => new Promise((resolve) => file.end(resolve))));
  }
}
