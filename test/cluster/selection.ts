/** Of a long suite a part that changes with the commit, the same for one commit on every machine. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** `count` of the items, in their order, chosen by the seed. */
export function selectionOf(items: readonly string[], count: number, seed: string): string[] {
  const lot = (item: string): string => createHash('sha256').update(`${seed} ${item}`).digest('hex');
  const drawn = new Set(items.toSorted((a, b) => lot(a).localeCompare(lot(b))).slice(0, count));
  return items.filter((item) => drawn.has(item));
}

/** The commit that is checked out. */
export function commit(folder: string): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim();
}
