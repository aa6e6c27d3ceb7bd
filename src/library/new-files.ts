/** Files that are written together: all of them, or none. Never over one that is there. */
import { closeSync, lstatSync, openSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { asError, UsageError } from '../errors';
import { makeFolders } from '../plain-file';

export class NewFiles {
  /** What was made, in order; each is taken back by its own call. */
  private readonly undoing: { path: string; undo: () => void }[] = [];

  /** Writes a file, and the folders above it. Answers false, and changes nothing, where a file is there. */
  write(path: string, text: string): boolean {
    return this.attempt(path, () => {
      if (isFile(path)) return false;
      this.makeMissing(dirname(path));
      const file = openSync(path, 'wx');
      this.undoing.push({ path, undo: () => unlinkSync(path) });
      try {
        writeFileSync(file, text);
      } finally {
        closeSync(file);
      }
      return true;
    });
  }

  /** Appends a line to a text file, which is made where there is none. Answers false where a line has it already. */
  append(path: string, line: string, has: (line: string) => boolean): boolean {
    if (!this.attempt(path, () => isFile(path))) return this.write(path, `${line}\n`);
    return this.attempt(path, () => {
      const before = readFileSync(path, 'utf8');
      if (before.split(/\r?\n/).some(has)) return false;
      this.undoing.push({ path, undo: () => writeFileSync(path, before) });
      writeFileSync(path, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
      return true;
    });
  }

  private makeMissing(folder: string): void {
    const first = makeFolders(folder);
    if (first === undefined) return;
    const made: string[] = [];
    for (let one = folder; one.length >= first.length; one = dirname(one)) made.unshift(one);
    this.undoing.push(...made.map((path) => ({ path, undo: () => rmdirSync(path) })));
  }

  /** Throws UsageError where it fails; what was written before is taken back then. */
  private attempt<T>(path: string, act: () => T): T {
    try {
      return act();
    } catch (thrown) {
      const left = this.takeBack();
      const after = left.length === 0 ? 'nothing was changed' : `${left.join(', ')} could not be taken back`;
      throw new UsageError(`can't write ${path}: ${asError(thrown).message}; ${after}`);
    }
  }

  /** Answers what could not be taken back. */
  private takeBack(): string[] {
    return this.undoing
      .splice(0)
      .reverse()
      .flatMap(({ path, undo }) => {
        try {
          undo();
          return [];
        } catch (thrown) {
          return [`${path} (${asError(thrown).message})`];
        }
      });
  }
}

/** Throws where something else than a file has the name. A link that leads nowhere is somebody's file. */
function isFile(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isDirectory()) throw new Error('there is a folder of this name');
  return true;
}
