/** A cluster as far as reading a drill tells who is in it. */

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
