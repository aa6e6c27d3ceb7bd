/** What stands at a path: only plain files are read, and folders are made one by one. */
import { accessSync, constants, mkdirSync, readdirSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { asError } from './errors';

/** What a shell hands over for `<(command)` or `< file`: a pipe that is open already, with somebody who writes. */
export function isHandedOver(path: string): boolean {
  return /^\/dev\/(stdin|fd\/\d+)$|^\/proc\/self\/fd\/\d+$/.test(path);
}

/**
 * Why a path can't be read as a file, in words; undefined if it can. A FIFO, a device or a socket is never opened: reading
 * it may block for ever, and opening a device may act on it.
 */
export function whyNotReadable(path: string): string | undefined {
  try {
    const info = statSync(path);
    if (info.isDirectory()) {
      readdirSync(path);
      return 'it is a folder';
    }
    if (!info.isFile() && !isHandedOver(path)) return `it is ${specialKind(info)}, not a plain file`;
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (thrown) {
    return systemTrouble(thrown);
  }
}

function specialKind(info: Stats): string {
  if (info.isFIFO()) return 'a FIFO (named pipe)';
  return info.isSocket() ? 'a socket' : 'a device';
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file of this name exists',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ELOOP: 'its symbolic links form a circle',
  ENAMETOOLONG: 'the name is too long',
};

/** An error of the file system in words, with its code: `permission denied (EACCES)`. */
export function systemTrouble(thrown: unknown): string {
  const { code } = thrown as NodeJS.ErrnoException;
  const words = code === undefined ? undefined : WORDS[code];
  return words === undefined ? asError(thrown).message : `${words} (${code})`;
}

/** True for an error that says: nothing is there. */
export function isMissing(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '');
}

/**
 * Makes a folder and those above it. Returns the topmost one that was made, undefined if all were there. Throws the system's error. `mkdirSync` with `recursive` never ends where a file system
 * answers ENOENT for a new folder in an existing one, as /proc does (seen on Node 20).
 */
export function makeFolders(folder: string): string | undefined {
  if (isFolder(folder)) return undefined;
  const above = dirname(folder);
  const first = above === folder ? undefined : makeFolders(above);
  try {
    mkdirSync(folder);
    return first ?? folder;
  } catch (thrown) {
    // Another process may have made it meanwhile.
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw thrown;
    return first;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
