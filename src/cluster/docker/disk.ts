/** The disks that a run needs room on, as far as they can be seen from here. */
import { readFileSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type Dockerode from 'dockerode';
import { formatBytes } from '../../bytes';

export interface Disk {
  path: string;
  /** Which file system it is on: two paths of one share its room. */
  device: string;
  freeBytes: number;
  totalBytes: number;
  /** How many more files it takes; undefined where it does not count them. */
  freeFiles: number | undefined;
}

/** The file system that a path is on; undefined where it can't be seen from here. */
export async function diskAt(path: string): Promise<Disk | undefined> {
  try {
    const [{ dev }, { bavail, blocks, bsize, files, ffree }] = await Promise.all([stat(path), statfs(path)]);
    const freeFiles = files > 0 ? ffree : undefined;
    return { path, device: String(dev), freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeFiles };
  } catch {
    return undefined;
  }
}

/** A disk for people: `/var/lib/docker (ext4 at /): 0 B of 20.0 GB free`. */
export async function describeDisk(path: string): Promise<string> {
  const disk = await diskAt(path);
  if (!disk) return `${path}, which can't be seen from here`;
  const mount = mountOf(path);
  const where = mount === undefined ? path : `${path} (${mount.type} at ${mount.at})`;
  const files = disk.freeFiles === 0 ? ', and no room for another file (inodes)' : '';
  return `${where}: ${formatBytes(disk.freeBytes)} of ${formatBytes(disk.totalBytes)} free${files}`;
}

/** The disk that the engine keeps containers and volumes on. `isLocal`: whether it is this machine's. */
export async function describeEngineDisk(docker: Dockerode, isLocal: boolean): Promise<string> {
  const root = await docker.info().then(
    (info: { DockerRootDir?: string }) => info.DockerRootDir,
    () => undefined,
  );
  if (root === undefined) return "the engine's disk";
  return isLocal
    ? `the engine's disk is ${await describeDisk(root)}`
    : `the engine's disk is that of ${root} on its machine`;
}

/** The mount that a path is below, as the kernel lists it. */
function mountOf(path: string): { at: string; type: string } | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return undefined;
  }
  const mounts = text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const at = before.split(' ')[4];
    const type = after.split(' ')[0];
    return at === undefined || type === undefined ? [] : [{ at, type }];
  });
  const inside = mounts.filter(({ at }) => path === at || path.startsWith(at.endsWith(sep) ? at : join(at, sep)));
  return inside.toSorted((a, b) => b.at.length - a.at.length)[0];
}
