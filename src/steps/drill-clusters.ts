/**
 * Which cluster each member's data belongs to, by reading alone. A drill may have several: two that were bootstrapped
 * apart, or the one that --force-new-cluster makes. What is not certain is undefined.
 */
import type { StartSpec } from '../cluster/cluster';
import type { Roster } from '../cluster/roster';
import type { DrillMembers } from './drill-members';
import { belongsTo, newCluster, quorumOf, type KnownCluster } from './known-cluster';

export class DrillClusters {
  constructor(
    private readonly members: DrillMembers,
    private readonly roster: Roster,
  ) {}

  /** The cluster that a member's data is of; undefined where there is none, or it is open who is in it. */
  of(member: string): KnownCluster | undefined {
    const { cluster } = this.members.of(member);
    return cluster?.certain === true ? cluster : undefined;
  }

  /** The clusters that members have data of; undefined where that of somebody is open. */
  certain(): KnownCluster[] | undefined {
    const open = this.members.names.some((member) => this.members.of(member).data !== false && !this.of(member));
    return open ? undefined : this.all();
  }

  /** The one cluster that all running members are of. */
  sole(): KnownCluster | undefined {
    const up = this.members.names.filter((member) => this.members.of(member).up !== false);
    const [one, ...more] = new Set(up.map((member) => this.of(member)));
    return more.length === 0 ? one : undefined;
  }

  /** The one of this origin, whoever made it first. */
  ofOrigin(origin: string, voters: Iterable<string>): KnownCluster {
    return this.all().find((cluster) => cluster.origin === origin) ?? newCluster(origin, voters);
  }

  /** Whose data a member has once it has started. */
  afterStart(member: string, spec: StartSpec): KnownCluster | undefined {
    const { data, cluster } = this.members.of(member);
    if (spec.forceNewCluster) return newCluster(`forced ${member}`, [member]);
    if (data !== false) return data ? cluster : undefined;
    if (this.roster.isRemoved(member)) return undefined;
    if (spec.initialClusterState === 'existing') {
      const [one, ...more] = this.all().filter((each) => belongsTo(each, member));
      return more.length === 0 ? one : undefined;
    }
    const names = spec.initialCluster.map(({ name }) => name);
    return this.ofOrigin(`new ${spec.initialClusterToken ?? ''} ${names.toSorted().join(' ')}`, names);
  }

  /** The voters of a cluster that may run. */
  upVoters(cluster: KnownCluster): string[] {
    return [...cluster.voters].filter((member) => {
      const facts = this.members.of(member);
      return facts.up !== false && (facts.cluster === undefined || facts.cluster === cluster);
    });
  }

  /** At most so many voters of a cluster run. */
  mostUp(cluster: KnownCluster): number {
    const maybe = this.upVoters(cluster);
    return maybe.length - this.members.unnamedDown(maybe);
  }

  /** So many of these voters run; undefined where the number is open. */
  runningVoters(): { cluster: KnownCluster; members: string[]; count: number } | undefined {
    const cluster = this.sole();
    if (!cluster) return undefined;
    const members = this.upVoters(cluster);
    if (!members.every((member) => this.members.isCounted(member))) return undefined;
    return { cluster, members, count: members.length - this.members.unnamedDown(members) };
  }

  /** True where certainly fewer voters run than a quorum has. */
  lacksQuorum(cluster: KnownCluster): boolean {
    return cluster.certain && this.mostUp(cluster) < quorumOf(cluster);
  }

  /** True where certainly a quorum runs, and served when it was started. */
  hasQuorum(cluster: KnownCluster): boolean {
    const serving = [...cluster.voters].filter((member) => {
      const facts = this.members.of(member);
      return facts.up === true && facts.settled && facts.cluster === cluster;
    });
    return cluster.certain && serving.length >= quorumOf(cluster);
  }

  /** A member change is applied by the cluster that runs; where several do, who is in which is open. */
  change(apply: (cluster: KnownCluster) => void): void {
    const cluster = this.sole();
    if (cluster) apply(cluster);
    else this.mayHaveChanged();
  }

  /** From here on it is open who is in which. */
  mayHaveChanged(): void {
    for (const cluster of this.all()) cluster.certain = false;
  }

  private all(): KnownCluster[] {
    return [...new Set(this.members.all().flatMap(({ cluster }) => cluster ?? []))];
  }
}
