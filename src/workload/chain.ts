/**
 * One key's writes in the order in which etcd applied them, put together from what was acknowledged and seen.
 *
 * Why a write that was overwritten long ago is known not to be lost: a key has one writer, so its writes come one after
 * the other, and each asks for what the key held before (`prev_kv`), which etcd answers from the very state that the
 * write is applied to. So every acknowledged write is a witness of its predecessor: of who wrote it, at which revision,
 * and by `version` of how many writes there are below it. An acknowledged write that the next one finds in its place was
 * there until then. Where the next one finds another,
 * - it was written by a request whose outcome was unknown, at the next version: the acknowledged one is right below it,
 *   since only that one request could have filled the place. Where several unknown ones are open, one of them might
 *   stand in the place of the lost one: then the history is read at the revision before, down to a write that is known;
 * - or the version is not above the acknowledged one's: that one is lost, and so is every acknowledged write above the
 *   one that was found.
 * The last write of a key has no successor: it is read back from every member. Keys are never deleted, so that versions
 * are without gaps, and the place of a write in `places` is its version.
 */
import type { History, Sight } from './history';
import { NOBODY } from './naming';

/** What the key held right before a revision; undefined where the history does not reach back so far. */
export type LookBack = (key: number, revision: number) => Promise<Sight | undefined>;

export interface Trouble {
  /** An acknowledged write that is not where it was. */
  lost(operation: number, instead: Sight): void;
  /** A write that is there and must not be. */
  phantom(sight: Sight, why: string): void;
  /** A write at another revision than before. */
  moved(sight: Sight, before: number): void;
  /** Nothing shows whether this acknowledged write was there until it was overwritten. */
  unproven(operation: number): void;
}

/** More steps back than this for one sight are not worth their time. */
const MOST_STEPS_BACK = 100;

export class Chain {
  /** The write at each version, from 1; NOBODY where that is not known. */
  private places: number[] = [];
  /** Writes of unknown outcome that were not seen yet. */
  private open = new Set<number>();
  /** Writes of unknown outcome that were seen, and at which revision. */
  private applied = new Map<number, number>();

  constructor(
    readonly key: number,
    private readonly history: History,
  ) {}

  clone(): Chain {
    const copy = new Chain(this.key, this.history);
    copy.places = this.places.slice();
    copy.open = new Set(this.open);
    copy.applied = new Map(this.applied);
    return copy;
  }

  has(operation: number): boolean {
    return this.places.includes(operation);
  }

  /** Whether every place is known. */
  get isWhole(): boolean {
    return !this.places.includes(NOBODY);
  }

  /** A write whose outcome is unknown: it may be seen from now on. */
  mayApply(operation: number): void {
    this.open.add(operation);
  }

  /** True where the key holds what was written last, as far as is known. */
  endsWith({ operation, version, revision }: Sight): boolean {
    if (version !== this.places.length) return false;
    return version === 0 || (this.places[version - 1] === operation && this.revisionOf(operation) === revision);
  }

  /** An acknowledged write, right above what it saw. */
  push(operation: number): void {
    this.places.push(operation);
  }

  /** Puts the chain right after the key was seen to hold this, and tells what is wrong with it. */
  async settle(sight: Sight, lookBack: LookBack, trouble: Trouble): Promise<void> {
    const above: Sight[] = [];
    let known: number | undefined;
    for (let at = sight; ;) {
      known = this.knownBelow(at, above, trouble);
      if (known !== undefined) break;
      const before = above.length < MOST_STEPS_BACK ? await lookBack(this.key, at.revision) : undefined;
      // A history that goes on at another version was thrown away meanwhile: nothing follows from it.
      if (before?.version !== at.version - 1) {
        known = this.giveUp(at, trouble);
        break;
      }
      at = before;
    }
    for (const operation of this.places.slice(known)) {
      if (operation !== NOBODY && this.history.outcome(operation) === 'ok') trouble.lost(operation, sight);
    }
    this.places.length = known;
    const bottom = (above.at(-1)?.version ?? known + 1) - 1;
    while (this.places.length < bottom) this.places.push(NOBODY);
    for (const at of above.reverse()) this.put(at, trouble);
  }

  /** Puts a write on top; what it was known of before must fit. */
  private put(at: Sight, trouble: Trouble): void {
    const { operation, revision } = at;
    if (operation < 0) return void this.places.push(operation);
    const before = this.revisionOf(operation);
    if (this.places.includes(operation)) trouble.phantom(at, `it is there at revision ${before} already`);
    else if (before !== 0 && before !== revision) trouble.moved(at, before);
    if (this.history.outcome(operation) === 'unknown') this.applied.set(operation, revision);
    this.places.push(operation);
  }

  /**
   * How many places from the bottom are as they were known, where this sight shows it; else the sight is put on top of
   * `above`, and one has to look further back.
   */
  private knownBelow(at: Sight, above: Sight[], trouble: Trouble): number | undefined {
    if (at.version === 0) return 0;
    if (this.places[at.version - 1] === at.operation) {
      const before = this.revisionOf(at.operation);
      if (before !== at.revision) trouble.moved(at, before);
      return at.version;
    }
    this.admit(at, trouble);
    above.push(at);
    if (at.version === 1) return 0;
    const isNext = at.version === this.places.length + 1;
    return isNext && this.open.size === 0 ? this.places.length : undefined;
  }

  /** Whether what is seen may be there. */
  private admit(at: Sight, trouble: Trouble): void {
    const { operation } = at;
    if (operation < 0 || operation >= this.history.length) {
      trouble.phantom(at, 'it is none of the values that this workload writes');
      return;
    }
    if (this.history.outcome(operation) === 'failed') trouble.phantom(at, 'it had failed for certain');
    this.open.delete(operation);
  }

  /** Takes what can be no further looked into for what it most likely is. */
  private giveUp(at: Sight, trouble: Trouble): number {
    const known = Math.min(at.version - 1, this.places.length);
    const last = this.places[known - 1];
    if (last !== undefined && last !== NOBODY && this.history.outcome(last) === 'ok') trouble.unproven(last);
    return known;
  }

  private revisionOf(operation: number): number {
    return this.history.revision(operation) || (this.applied.get(operation) ?? 0);
  }
}
