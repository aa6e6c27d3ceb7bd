/**
 * What is known about a drill at a point of its file, by reading alone, for one version: who is up and on what, who has
 * data, who is in the member list, which snapshots were taken. Steps tell what they change, and report what can't be
 * right; what is not certain is `undefined`, and nobody complains. The runbook is written along the same walk.
 */
import type { StartSpec } from '../cluster/cluster';
import { Roster } from '../cluster/roster';
import { PLAIN } from '../cluster/security';
import type { SenseRule } from '../rules-of-sense';
import { belongsTo, newCluster, quorumOf, Unnamed, type KnownCluster } from './drill-clusters';
import { startSpec, type StartWishes } from './start-spec';
import type { ArgumentProblem } from './step';

export interface DrillFacts {
  members: readonly string[];
  /** The version that the scenario is given. */
  version: string;
  /** The flags of the scenario, for every member. */
  flags: Readonly<Record<string, string>>;
}

interface MemberFacts {
  up: boolean | undefined;
  data: boolean | undefined;
  /** How it was started the last time, as far as that is certain. */
  spec: StartSpec | undefined;
  /** Whether it served when it was started: one that was not waited for may have ended itself since. */
  settled: boolean;
  /** After a mistake of the drill: whether it runs is open until it has been started again. */
  doubtful: boolean;
  /** The cluster that its data is of. */
  cluster: KnownCluster | undefined;
}

const NOTHING: MemberFacts = {
  up: false,
  data: false,
  spec: undefined,
  settled: false,
  doubtful: false,
  cluster: undefined,
};

export class DrillState {
  readonly members: readonly string[];
  readonly version: string;
  readonly flags: Readonly<Record<string, string>>;
  /** The member list as an operator would have written it down. Not to be trusted where `listIsCertain` is false. */
  readonly roster: Roster;
  private readonly facts = new Map<string, MemberFacts>();
  private readonly snapshots = new Set<string>();
  private unnamed: Unnamed | undefined;
  /** What steps keep their results as, for those that end members chosen while running. */
  keepsAs: string | undefined;
  /** Inside of `parallel` the order is open: nothing about quorums can be said there. */
  ordered = true;
  /** Whether the member list is what the roster says: a change to somebody chosen while running makes it open. */
  listIsCertain = true;

  constructor(
    drill: DrillFacts,
    private readonly report: (problem: ArgumentProblem) => void,
  ) {
    this.members = drill.members;
    this.version = drill.version;
    this.flags = drill.flags;
    this.roster = new Roster(drill.members, PLAIN);
    for (const member of drill.members) this.facts.set(member, { ...NOTHING });
  }

  problem(rule: SenseRule, pointer: string, message: string, hint?: string): void {
    this.report({ rule, pointer, message, hint });
  }

  isUp(member: string): boolean | undefined {
    return this.of(member).up;
  }

  hasData(member: string): boolean | undefined {
    return this.of(member).data;
  }

  /** How the member was started the last time; undefined where it never was, or that is not certain. */
  specOf(member: string): StartSpec | undefined {
    return this.of(member).spec;
  }

  /** The members that a selector certainly means; undefined where that shows only when it runs. */
  named(selector: string | readonly string[]): readonly string[] | undefined {
    if (selector === 'all') return this.everybody();
    const names = typeof selector === 'string' ? [selector] : selector;
    return names.every((name) => this.facts.has(name)) ? names : undefined;
  }

  /** How many members a selector certainly means here; undefined where that shows only when it runs. */
  countMeant(selector: string): number | undefined {
    const named = this.named(selector);
    if (named) return named.length;
    if (!this.ordered) return undefined;
    if (this.nobodyRuns()) return 0;
    const running = this.runningVoters();
    const cluster = this.soleCluster();
    return running && cluster && countOf(selector, running.count, cluster.voters.size);
  }

  nobodyRuns(): boolean {
    return this.members.every((member) => this.isUp(member) === false);
  }

  /** How `start` would start the member here. */
  specFor(member: string, wishes: StartWishes): StartSpec {
    const { roster, version, flags } = this;
    return startSpec(member, wishes, { roster, version, flags, before: this.specOf(member) });
  }

  /** `settled`: it was waited for until it served. */
  started(member: string, spec: StartSpec, settled = true): void {
    const cluster = this.clusterAfterStart(member, spec);
    // A member that was removed ends itself; after a mistake the stop may be what stands at the wrong place.
    const up = this.roster.isRemoved(member) || this.of(member).doubtful ? undefined : true;
    this.nowNamed(member, -1);
    Object.assign(this.of(member), { up, data: true, spec, settled, cluster, doubtful: false });
    if (settled) cluster?.joined.add(member);
    const { initialCluster, initialClusterState: state, peerURL } = spec;
    this.roster.started(member, { list: initialCluster, state, peerURL });
    if (!spec.forceNewCluster) return;
    this.roster.forcedNew(member);
    this.listIsCertain = true;
  }

  /** It may run or not: its start was refused, in a way that only shows when it happens. */
  mayHaveStarted(member: string): void {
    this.forgetUnnamed();
    Object.assign(this.of(member), { up: undefined, data: undefined, cluster: undefined });
  }

  /** How it runs is open: it may have been given another version. */
  forgetSpec(member: string): void {
    this.of(member).spec = undefined;
  }

  ended(member: string): void {
    this.nowNamed(member, 0);
    const facts = this.of(member);
    facts.up = facts.doubtful ? undefined : false;
  }

  /** An expectation has shown that it is down. */
  seenDown(member: string): void {
    this.nowNamed(member, -1);
    Object.assign(this.of(member), { up: false, doubtful: false });
  }

  /**
   * So many of the running voters ended, and which ones shows only when it happens. Where even the number is open,
   * nothing is certain any more.
   */
  endedSome(selector: string): void {
    const running = this.runningVoters();
    const cluster = this.soleCluster();
    const count = running && cluster ? countOf(selector, running.count, cluster.voters.size) : undefined;
    if (!running || count === undefined || !this.ordered) return this.forget();
    const down = this.unnamed?.down ?? 0;
    const group = (this.unnamed ??= new Unnamed([]));
    for (const member of running.members) group.members.add(member);
    group.ended(count, this.keepsAs);
    for (const member of group.members) this.of(member).up = undefined;
    if (group.members.size === down + count) this.settleUnnamed(false);
  }

  /** Those that a step ended and kept under this name are started again; false where that is not known. */
  startedKept(as: string): boolean {
    const group = this.unnamed;
    if (group?.kept(as) === undefined) return false;
    group.started(as);
    if (group.down === 0) this.settleUnnamed(true);
    return true;
  }

  wiped(member: string): void {
    Object.assign(this.of(member), { data: false, cluster: undefined });
  }

  restored(member: string, list: readonly string[] | undefined, origin: string): void {
    const names = list ?? this.members;
    const key = `${origin} ${names.toSorted().join(' ')}`;
    Object.assign(this.of(member), { data: true, cluster: this.clusterOf(key) ?? newCluster(key, names) });
    this.roster.restored(member, list ? this.roster.listOf(list) : this.roster.fullList());
    this.listIsCertain = true;
  }

  added(member: string, request: { learner: boolean; peerURL: string | undefined }): void {
    this.change((cluster) => (request.learner ? cluster.learners : cluster.voters).add(member));
    const peerURL = request.peerURL ?? this.roster.peerURL(member);
    const known = new Set([...this.roster.known(), member]);
    const list = this.roster
      .listOf(this.members.filter((name) => known.has(name)))
      .map((entry) => (entry.name === member ? { name: member, peerURL } : entry));
    this.roster.added(member, { list, learner: request.learner, peerURL });
  }

  /** Its process, if it runs, ends itself; when is not known. */
  removed(member: string): void {
    this.change((cluster) => {
      cluster.voters.delete(member);
      cluster.learners.delete(member);
      cluster.joined.delete(member);
    });
    this.roster.removed(member);
    const facts = this.of(member);
    if (facts.up !== false) facts.up = undefined;
  }

  hasSnapshot(name: string): boolean {
    return this.snapshots.has(name);
  }

  addSnapshot(name: string): void {
    this.snapshots.add(name);
  }

  /** From here on nothing is certain about these members, or about anybody. */
  forget(members: readonly string[] = this.members): void {
    this.forgetUnnamed();
    const unknown = { up: undefined, data: undefined, spec: undefined, cluster: undefined };
    for (const member of members) Object.assign(this.of(member), unknown);
  }

  /** From here on nothing is certain but which snapshots there are. */
  forgetAll(): void {
    this.forget();
    this.forgetList();
  }

  /** The drill has a mistake here: what its author takes for granted after it is anybody's guess. */
  doubt(): void {
    this.forgetAll();
    for (const facts of this.facts.values()) facts.doubtful = true;
  }

  /** From here on it is open who is in the member list. */
  forgetList(): void {
    this.listIsCertain = false;
    for (const cluster of this.clusters()) cluster.certain = false;
  }

  promoted(member: string): void {
    this.roster.promoted(member);
    this.change((cluster) => {
      if (cluster.learners.delete(member)) cluster.voters.add(member);
    });
  }

  /** A change of the member list was sent, and may still be applied. */
  mayHaveChanged(): void {
    for (const cluster of this.clusters()) cluster.certain = false;
  }

  /** The cluster that a member's data is of; undefined where there is none, or it is open who is in it. */
  clusterOfMember(member: string): KnownCluster | undefined {
    const { cluster } = this.of(member);
    return cluster?.certain === true ? cluster : undefined;
  }

  /** Whether it served when it was last started. */
  isSettled(member: string): boolean {
    return this.of(member).settled;
  }

  /** The clusters that members have data of; undefined where that of somebody is open. */
  certainClusters(): KnownCluster[] | undefined {
    const open = this.members.some((member) => this.hasData(member) !== false && !this.clusterOfMember(member));
    return open ? undefined : this.clusters();
  }

  /** At most so many voters of a cluster run. */
  mostUp(cluster: KnownCluster): number {
    const maybe = [...cluster.voters].filter((member) => this.mayRunIn(cluster, member));
    const outside = [...(this.unnamed?.members ?? [])].filter((member) => !maybe.includes(member)).length;
    return maybe.length - Math.max(0, (this.unnamed?.down ?? 0) - outside);
  }

  /** The voters of a cluster that may run. */
  upVoters(cluster: KnownCluster): string[] {
    return [...cluster.voters].filter((member) => this.mayRunIn(cluster, member));
  }

  /** True where certainly fewer voters run than a quorum has. */
  lacksQuorum(cluster: KnownCluster): boolean {
    return this.ordered && cluster.certain && this.mostUp(cluster) < quorumOf(cluster);
  }

  /** True where certainly a quorum runs, and served when it was started. */
  hasQuorum(cluster: KnownCluster): boolean {
    const up = [...cluster.voters].filter(
      (member) => this.isUp(member) === true && this.isSettled(member) && this.of(member).cluster === cluster,
    );
    return this.ordered && cluster.certain && up.length >= quorumOf(cluster);
  }

  private mayRunIn(cluster: KnownCluster, member: string): boolean {
    const facts = this.of(member);
    return facts.up !== false && (facts.cluster === undefined || facts.cluster === cluster);
  }

  private clusters(): KnownCluster[] {
    return [...new Set([...this.facts.values()].flatMap(({ cluster }) => cluster ?? []))];
  }

  private clusterOf(origin: string): KnownCluster | undefined {
    return this.clusters().find((cluster) => cluster.origin === origin);
  }

  private clusterAfterStart(member: string, spec: StartSpec): KnownCluster | undefined {
    const { data, cluster } = this.of(member);
    if (spec.forceNewCluster) return newCluster(`forced ${member}`, [member]);
    if (data !== false) return data ? cluster : undefined;
    if (this.roster.isRemoved(member)) return undefined;
    if (spec.initialClusterState === 'existing') {
      const [one, ...more] = this.clusters().filter((each) => belongsTo(each, member));
      return more.length === 0 ? one : undefined;
    }
    const names = spec.initialCluster.map(({ name }) => name);
    const origin = `new ${spec.initialClusterToken ?? ''} ${names.toSorted().join(' ')}`;
    return this.clusterOf(origin) ?? newCluster(origin, names);
  }

  /** The one cluster that all running members are of. */
  private soleCluster(): KnownCluster | undefined {
    const up = this.members.filter((member) => this.isUp(member) !== false);
    const [one, ...more] = new Set(up.map((member) => this.clusterOfMember(member)));
    return more.length === 0 ? one : undefined;
  }

  /** The voters that run, or may: how many it is is known. */
  private runningVoters(): { members: string[]; count: number } | undefined {
    const cluster = this.soleCluster();
    if (!cluster) return undefined;
    const members = this.upVoters(cluster);
    const isKnown = members.every((member) => this.isUp(member) === true || this.unnamed?.members.has(member));
    return isKnown ? { members, count: members.length - (this.unnamed?.down ?? 0) } : undefined;
  }

  /** A member change is applied by the cluster that runs; where several do, who is in which is open. */
  private change(apply: (cluster: KnownCluster) => void): void {
    const cluster = this.soleCluster();
    if (cluster) apply(cluster);
    else this.mayHaveChanged();
  }

  /** A step has named one of those of whom it was not known whether they run; `change`: how many fewer are down. */
  private nowNamed(member: string, change: 0 | -1): void {
    const group = this.unnamed;
    if (!group?.members.delete(member)) return;
    group.down = Math.max(0, group.down + change);
    group.forgetKept();
    if (group.down === 0) this.settleUnnamed(true);
    else if (group.down >= group.members.size) this.settleUnnamed(false);
  }

  private settleUnnamed(up: boolean): void {
    for (const member of this.unnamed?.members ?? []) this.of(member).up = up;
    this.unnamed = undefined;
  }

  private forgetUnnamed(): void {
    this.unnamed = undefined;
  }

  /** `all`: whom the cluster knows, or all that are declared before there is one. Undefined where that is open. */
  private everybody(): readonly string[] | undefined {
    if (!this.listIsCertain) return undefined;
    const known = this.roster.known();
    return known.length === 0 ? this.members : known;
  }

  private of(member: string): MemberFacts {
    const facts = this.facts.get(member);
    if (!facts) throw new Error(`undeclared member ${member}`);
    return facts;
  }
}

/** How many of the running voters a selector means. */
function countOf(selector: string, running: number, voters: number): number | undefined {
  switch (selector) {
    case 'leader':
      return Math.min(1, running);
    case 'follower':
      return Math.min(1, Math.max(0, running - 1));
    case 'followers':
      return Math.max(0, running - 1);
    case 'majority':
      return Math.min(running, Math.floor(voters / 2) + 1);
    case 'minority':
      return Math.min(Math.max(0, running - 1), Math.floor((voters - 1) / 2));
    default:
      return undefined;
  }
}
