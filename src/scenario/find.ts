/** From what was typed to files. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../errors';

export interface FoundFile {
  /** Absolute. */
  path: string;
  /** As people read and paste it: relative to the root, with `/`. */
  shownAs: string;
  /** The same on every machine: relative to the root, for files outside of it to their own folder's parent. */
  idPath: string;
}

/**
 * The scenario files behind paths: a file, a folder (searched through, sorted), or `FILE:LINE` as pasted from a report.
 * Throws UsageError for a path that is not there, and for a folder without scenarios.
 */
export async function findFiles(paths: readonly string[], root: string): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const typed of paths) {
    const { path, isFolder } = await locatePath(typed, root);
    const files = isFolder ? await filesUnder(path) : [path];
    if (files.length === 0) throw new UsageError(`${typed} has no scenarios (*.yaml, *.yml) in it`);
    for (const file of files) found.set(file, { path: file, ...pathsOf(file, root, isFolder ? path : dirname(file)) });
  }
  return [...found.values()];
}

/** True where the folder has a scenario file somewhere. */
export async function hasScenarios(folder: string): Promise<boolean> {
  const info = await stat(folder).catch(() => undefined);
  return info?.isDirectory() === true && (await filesUnder(folder)).length > 0;
}

async function locatePath(typed: string, root: string): Promise<{ path: string; isFolder: boolean }> {
  for (const candidate of [typed, typed.replace(/(:\d+){1,2}$/, '')]) {
    const path = resolve(root, candidate);
    const info = await stat(path).catch(() => undefined);
    if (info) return { path, isFolder: info.isDirectory() };
  }
  throw new UsageError(`there is no file or folder ${typed}`);
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesUnder(path);
        return /\.ya?ml$/.test(entry.name) ? [path] : [];
      }),
  );
  return nested.flat();
}

function pathsOf(file: string, root: string, folder: string): { shownAs: string; idPath: string } {
  const shownAs = relative(root, file).split(sep).join('/');
  const isOutside = shownAs.startsWith('../') || isAbsolute(shownAs) || shownAs.includes('node_modules/');
  const idPath = isOutside ? join(basename(folder), relative(folder, file)).split(sep).join('/') : shownAs;
  return { shownAs, idPath };
}
