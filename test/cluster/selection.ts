/** Of a long suite a part that changes with the commit, the same for one commit on every machine. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { ROOT } from './helpers';

/** `count` of the items, in their order, chosen by the seed. */
export function selectionOf(items: readonly string[], count: number, seed: string): string[] {
  const lot = (item: string): string => createHash('sha256').update(`${seed} ${item}`).digest('hex');
  const drawn = new Set(items.toSorted((a, b) => lot(a).localeCompare(lot(b))).slice(0, count));
  return items.filter((item) => drawn.has(item));
}

/** The part that this commit runs, said in the output; all where ETCD_SCENARIOS_SUITE is `all`. */
export function chosenOf(items: readonly string[], count: number, what: string): string[] {
  const isWhole = process.env['ETCD_SCENARIOS_SUITE'] === 'all';
  const chosen = isWhole ? [...items] : selectionOf(items, count, commit());
  const how = isWhole ? 'all' : `${chosen.length} of ${items.length}, by this commit`;
  process.stderr.write([`${what}, ${how}:`, ...chosen.map((item) => `  ${item}`), ''].join('\n'));
  return chosen;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
}
