/**
 * What is known of each member by reading alone: whether it runs and how, and whether it has data. Of some it may be
 * known only how many of them are down: after `kill: leader`.
 */
import type { StartSpec } from '../cluster/cluster';
import type { KnownCluster } from './known-cluster';

export interface MemberFacts {
  up: boolean | undefined;
  data: boolean | undefined;
  /** How it was started the last time, as far as that is certain. */
  spec: StartSpec | undefined;
  /** Whether it served when it was started: one that was not waited for may have ended itself since. */
  settled: boolean;
  /** After a mistake of the drill: whether it runs is open until it has been started again. */
  doubtful: boolean;
  /** The file from outside that its data was restored from. */
  outsideFile: string | undefined;
  /** The cluster that its data is of. */
  cluster: KnownCluster | undefined;
}

const NOTHING: MemberFacts = {
  up: false,
  data: false,
  spec: undefined,
  settled: false,
  doubtful: false,
  outsideFile: undefined,
  cluster: undefined,
};

export class DrillMembers {
  private readonly facts = new Map<string, MemberFacts>();
  private unnamed: Unnamed | undefined;

  constructor(readonly names: readonly string[]) {
    for (const name of names) this.facts.set(name, { ...NOTHING });
  }

  has(name: string): boolean {
    return this.facts.has(name);
  }

  find(name: string): Readonly<MemberFacts> | undefined {
    return this.facts.get(name);
  }

  of(name: string): MemberFacts {
    const facts = this.facts.get(name);
    if (!facts) throw new Error(`undeclared member ${name}`);
    return facts;
  }

  all(): MemberFacts[] {
    return [...this.facts.values()];
  }

  /** True where it is certain that it runs, or it is one of those of whom so many run. */
  isCounted(name: string): boolean {
    return this.of(name).up === true || this.unnamed?.members.has(name) === true;
  }

  /** How many of these are down at least, although it is open who. */
  unnamedDown(among: readonly string[]): number {
    if (!this.unnamed) return 0;
    const elsewhere = [...this.unnamed.members].filter((name) => !among.includes(name)).length;
    return Math.max(0, this.unnamed.down - elsewhere);
  }

  /** So many of these, which run or of whom so many run, have ended. `keptAs`: what the step keeps them as. */
  someEnded(among: readonly string[], count: number, keptAs: string | undefined): void {
    const group = (this.unnamed ??= new Unnamed());
    for (const name of among) group.members.add(name);
    group.ended(count, keptAs);
    for (const name of group.members) this.of(name).up = undefined;
    this.settleWhenKnown();
  }

  /** Those that a step ended and kept under this name run again; false where that is not known. */
  keptStarted(as: string): boolean {
    if (!this.unnamed?.keeps(as)) return false;
    this.unnamed.started(as);
    this.settleWhenKnown();
    return true;
  }

  /** A step has named one of those of whom it was not known whether they run; `change`: how many fewer are down. */
  named(name: string, change: 0 | -1): void {
    const group = this.unnamed;
    if (!group?.members.delete(name)) return;
    group.down = Math.max(0, group.down + change);
    group.forgetKept();
    this.settleWhenKnown();
  }

  /** From here on nothing is certain about these. */
  forget(names: readonly string[]): void {
    this.unnamed = undefined;
    for (const name of names) {
      Object.assign(this.of(name), {
        up: undefined,
        data: undefined,
        spec: undefined,
        outsideFile: undefined,
        cluster: undefined,
      });
    }
  }

  private settleWhenKnown(): void {
    const { members, down } = this.unnamed ?? { members: new Set<string>(), down: 0 };
    if (down > 0 && down < members.size) return;
    for (const name of members) this.of(name).up = down === 0;
    this.unnamed = undefined;
  }
}

/**
 * Members of whom so many are down, and nobody knows which. The steps that ended them may have kept whom they meant
 * (`as`).
 */
class Unnamed {
  readonly members = new Set<string>();
  down = 0;
  private readonly keptAs = new Map<string, number>();

  ended(count: number, as: string | undefined): void {
    this.down += count;
    if (as !== undefined) this.keptAs.set(as, count);
  }

  keeps(as: string): boolean {
    return this.keptAs.has(as);
  }

  /** One of them was named: who is behind the names of results is open. */
  forgetKept(): void {
    this.keptAs.clear();
  }

  /** Those that a step kept under this name run again. */
  started(as: string): void {
    this.down -= this.keptAs.get(as) ?? 0;
    this.keptAs.delete(as);
  }
}
