/** A folder as a tar file: the same bytes for the same files, on every machine, whoever owns them here. */
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';

/** Writes all folders and files of `folder` to `file`. */
export async function archive(folder: string, file: string, signal: AbortSignal): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file), { signal });
  const added = addFolder(tar, folder, '').then(() => tar.finalize());
  added.catch((error: Error) => tar.destroy(error));
  await Promise.all([written, added]);
}

async function addFolder(tar: Pack, folder: string, inside: string): Promise<void> {
  const names = (await readdir(join(folder, inside))).sort();
  for (const name of names) {
    const path = inside === '' ? name : `${inside}/${name}`;
    const source = join(folder, path);
    const found = await stat(source);
    const head = { name: path, mode: found.mode & 0o7777, mtime: new Date(0), uid: 0, gid: 0 };
    if (found.isDirectory()) {
      tar.entry({ ...head, type: 'directory' });
      await addFolder(tar, folder, path);
    } else {
      await pipeline(createReadStream(source), tar.entry({ ...head, type: 'file', size: found.size }));
    }
  }
}
