/** From what was typed to files. */
import { readFileSync, readdirSync, statSync, type Dirent } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../errors';
import { isMissing, whyNotReadable } from '../plain-file';
import { plural } from '../plural';
import { MAX_FILE_BYTES } from './read-source';

export interface FoundFile {
  /** Absolute. */
  path: string;
  /** As people read and paste it: relative to the root, with `/`. */
  shownAs: string;
  /** The same on every machine: relative to the root, for files outside of it to their own folder's parent. */
  idPath: string;
  /** Whether it was typed itself, and not found in a folder. */
  named: boolean;
}

/**
 * The scenario files behind paths: a file, a folder (searched through, sorted), a pattern such as `drills/*.yaml`,
 * or `FILE:LINE` as pasted from a report. Throws UsageError for a path that is not there, for a line that the file does
 * not have, for a folder without scenarios, and for a pattern that fits no file. A folder that can't be read stands among the files: reading it says why.
 */
export function findFiles(paths: readonly string[], root: string): FoundFile[] {
  const found = new Map<string, FoundFile>();
  for (const typed of paths) {
    const { files, folder, named } = filesAt(typed, root);
    for (const file of files) {
      const one = { path: file, ...pathsOf(file, root, folder ?? dirname(file)) };
      found.set(file, { ...one, named: named || found.get(file)?.named === true });
    }
  }
  return [...found.values()];
}

/** What was typed means; with the folder, where it was one. A file may be called `[a].yaml`: what is there is no pattern. */
function filesAt(typed: string, root: string): { files: string[]; folder?: string; named: boolean } {
  let hidden: string | undefined;
  for (const candidate of [typed, typed.replace(/(:\d+){1,2}$/, '')]) {
    const path = resolve(root, candidate);
    const kind = kindOf(path);
    if (kind === 'hidden') hidden = path;
    if (kind === 'nothing' || kind === 'hidden') continue;
    if (kind === 'file') {
      if (candidate !== typed) requireLine(path, candidate, typed.slice(candidate.length + 1));
      return { files: [path], named: true };
    }
    const files = filesUnder(path);
    if (files.length > 0) return { files, folder: path, named: false };
    throw new UsageError(`${typed} has no scenarios (*.yaml, *.yml) in it`);
  }
  // Reading it says why.
  if (hidden !== undefined) return { files: [hidden], named: true };
  if (/[*?[\]{}]/.test(typed)) return { files: filesFitting(typed, root), named: false };
  throw new UsageError(`there is no file or folder ${typed}`);
}

/** `at`: LINE or LINE:COLUMN. Throws UsageError where the file has no such line. */
function requireLine(path: string, shownAs: string, at: string): void {
  const line = Number.parseInt(at, 10);
  // Reading the file as a scenario says why that is impossible.
  if (whyNotReadable(path) !== undefined || statSync(path).size > MAX_FILE_BYTES) return;
  const lines = readFileSync(path, 'utf8').replace(/\n$/, '').split('\n').length;
  if (line >= 1 && line <= lines) return;
  throw new UsageError(`${shownAs}:${at} names no line of the file: ${shownAs} has ${plural(lines, 'line')}`);
}

/** True where the folder has a scenario file somewhere, or a folder that can't be read. */
export function hasScenarios(folder: string): boolean {
  return kindOf(folder) === 'folder' && filesUnder(folder).length > 0;
}

function kindOf(path: string): 'folder' | 'file' | 'hidden' | 'nothing' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (thrown) {
    return isMissing(thrown) ? 'nothing' : 'hidden';
  }
}

function filesFitting(pattern: string, root: string): string[] {
  // Costs 10 ms to load, and most runs name no pattern.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { globSync } = require('tinyglobby') as typeof import('tinyglobby');
  // It leaves out folders that it can't read, and FIFOs, sockets and devices, without a word.
  const unreadable: string[] = [];
  const readdir = (path: string, options: { withFileTypes: true }): Dirent[] => {
    try {
      return readdirSync(path, options).map(asFile);
    } catch (thrown) {
      if (!isMissing(thrown)) unreadable.push(path);
      throw thrown;
    }
  };
  const found = globSync(pattern.split(sep).join('/'), {
    cwd: root,
    absolute: true,
    ignore: ['**/node_modules/**'],
    fs: { readdirSync: readdir as typeof readdirSync },
  });
  const files = [...found, ...unreadable];
  if (files.length === 0) throw new UsageError(`no file fits ${pattern} (looked for below ${root})`);
  return files.map((file) => resolve(file)).sort();
}

/** A special file as a plain one: a pattern finds it, and reading it is refused. */
function asFile(entry: Dirent): Dirent {
  if (entry.isDirectory() || entry.isSymbolicLink() || entry.isFile()) return entry;
  return Object.assign(Object.create(entry) as Dirent, { isFile: () => true });
}

/** The scenario files below a folder; of one that can't be read the folder itself. */
function filesUnder(folder: string): string[] {
  const entries = entriesOf(folder);
  if (entries === undefined) return [folder];
  return entries
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return /\.ya?ml$/.test(entry.name) ? [path] : [];
    });
}

function entriesOf(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

function pathsOf(file: string, root: string, folder: string): { shownAs: string; idPath: string } {
  const shownAs = relative(root, file).split(sep).join('/');
  const isOutside = shownAs.startsWith('../') || isAbsolute(shownAs) || shownAs.includes('node_modules/');
  const idPath = isOutside ? join(basename(folder), relative(folder, file)).split(sep).join('/') : shownAs;
  return { shownAs, idPath };
}
