/**
 * Which cluster each member's data belongs to, by reading alone. A drill may have several: two that were bootstrapped
 * apart, or the one that --force-new-cluster makes. What is not certain is undefined.
 */

export interface KnownCluster {
  /** What its first members were started with: the same list and token are the same cluster. */
  readonly origin: string;
  readonly voters: Set<string>;
  readonly learners: Set<string>;
  /** Who has served in it: etcd remembers those, and refuses them without their data. */
  readonly joined: Set<string>;
  /** False after a change whose outcome is open. */
  certain: boolean;
}

export function newCluster(origin: string, voters: Iterable<string>): KnownCluster {
  return { origin, voters: new Set(voters), learners: new Set(), joined: new Set(), certain: true };
}

export function belongsTo(cluster: KnownCluster, member: string): boolean {
  return cluster.voters.has(member) || cluster.learners.has(member);
}

/** How many voters are needed. */
export function quorumOf({ voters }: KnownCluster): number {
  return Math.floor(voters.size / 2) + 1;
}

/**
 * Members of whom so many are down, and nobody knows which: after `kill: leader`. The steps that ended them may have
 * kept whom they meant (`as`).
 */
export class Unnamed {
  readonly members: Set<string>;
  down = 0;
  private readonly keptAs = new Map<string, number>();

  constructor(members: Iterable<string>) {
    this.members = new Set(members);
  }

  ended(count: number, as: string | undefined): void {
    this.down += count;
    if (as !== undefined) this.keptAs.set(as, count);
  }

  /** How many of the down ones a step kept under this name. */
  kept(as: string): number | undefined {
    return this.keptAs.get(as);
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
