/** From what was typed to files. */
import { readdirSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../errors';

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
 * or `FILE:LINE` as pasted from a report. Throws UsageError for a path that is not there, for a folder without
 * scenarios, and for a pattern that fits no file.
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
  for (const candidate of [typed, typed.replace(/(:\d+){1,2}$/, '')]) {
    const path = resolve(root, candidate);
    const info = infoOf(path);
    if (info === undefined) continue;
    if (!info.isDirectory()) return { files: [path], named: true };
    const files = filesUnder(path);
    if (files.length > 0) return { files, folder: path, named: false };
    throw new UsageError(`${typed} has no scenarios (*.yaml, *.yml) in it`);
  }
  if (/[*?[\]{}]/.test(typed)) return { files: filesFitting(typed, root), named: false };
  throw new UsageError(`there is no file or folder ${typed}`);
}

/** True where the folder has a scenario file somewhere. */
export function hasScenarios(folder: string): boolean {
  return infoOf(folder)?.isDirectory() === true && filesUnder(folder).length > 0;
}

function infoOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function filesFitting(pattern: string, root: string): string[] {
  // Costs 10 ms to load, and most runs name no pattern.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { globSync } = require('tinyglobby') as typeof import('tinyglobby');
  const files = globSync(pattern.split(sep).join('/'), { cwd: root, absolute: true, ignore: ['**/node_modules/**'] });
  if (files.length === 0) throw new UsageError(`no file fits ${pattern} (looked for below ${root})`);
  return files.map((file) => resolve(file)).sort();
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return /\.ya?ml$/.test(entry.name) ? [path] : [];
    });
}

function pathsOf(file: string, root: string, folder: string): { shownAs: string; idPath: string } {
  const shownAs = relative(root, file).split(sep).join('/');
  const isOutside = shownAs.startsWith('../') || isAbsolute(shownAs) || shownAs.includes('node_modules/');
  const idPath = isOutside ? join(basename(folder), relative(folder, file)).split(sep).join('/') : shownAs;
  return { shownAs, idPath };
}
