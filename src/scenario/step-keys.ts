/** The keys that a step writes or reads, as far as its text shows. */
import { children, valueOf, type Node } from './node';
import type { LoadedStep } from './scenario';

/** One key, or with `prefix` all that begin with it. */
export interface Keys {
  key: string;
  prefix: boolean;
}

/** The keys that `put`, `delete` or `txn` writes; none for other actions, and for keys that are known only while running. */
export function keysWritten({ step, args }: LoadedStep): Keys[] {
  if (step.name === 'put' || step.name === 'delete') return keysOf(args);
  if (step.name !== 'txn' || args.kind !== 'map') return [];
  return ['then', 'else'].flatMap((part) => writesIn(valueOf(args, part)));
}

/** The keys that `get` reads; none for other actions. */
export function keysRead({ step, args }: LoadedStep): Keys[] {
  return step.name === 'get' ? keysOf(args) : [];
}

/** Whether `keys` has all of `other`. */
export function covers(keys: Keys, other: Keys): boolean {
  return keys.prefix ? other.key.startsWith(keys.key) : !other.prefix && keys.key === other.key;
}

/** Whether some key is in both. */
export function overlap(one: Keys, other: Keys): boolean {
  return covers(one, other) || covers(other, one);
}

function writesIn(node: Node | undefined): Keys[] {
  if (!node || node.kind === 'scalar') return [];
  if (node.kind === 'map') return ['put', 'delete'].flatMap((action) => keysOf(valueOf(node, action)));
  return children(node, {}).flatMap(([child]) => writesIn(child));
}

function keysOf(node: Node | undefined): Keys[] {
  if (node?.kind !== 'map') return [];
  const key = valueOf(node, 'key');
  const prefix = valueOf(node, 'prefix');
  if (key?.kind !== 'scalar' || key.text.includes('${')) return [];
  return [{ key: key.text, prefix: prefix?.kind === 'scalar' && prefix.text === 'true' }];
}
