/** Choices that depend on a seed and a text only: the same on every machine and in every order. */
import { createHash } from 'node:crypto';

/** A number from 0 up to, and without, `below`. */
export function draw(seed: string, about: string, below: number): number {
  const digest = createHash('sha256').update(`${seed} ${about}`).digest();
  return digest.readUIntBE(0, 6) % below;
}

/** One of the items. */
export function pick<T>(seed: string, about: string, items: readonly T[]): T {
  const found = items[draw(seed, about, items.length)];
  if (found === undefined) throw new Error(`nothing to choose from for ${about}`);
  return found;
}

/** The items in an order that the seed decides. */
export function shuffled<T>(seed: string, items: readonly T[], nameOf: (item: T) => string): T[] {
  const lots = new Map(items.map((item) => [item, draw(seed, nameOf(item), 2 ** 48)]));
  return items.toSorted((a, b) => (lots.get(a) ?? 0) - (lots.get(b) ?? 0));
}
