/**
 * What is known about a drill at a point of its file, by reading alone, for one version: who is up and on what, who has
 * data, who is in the member list, which snapshots were taken. Steps tell what they change, and report what can't be
 * right; what is not certain is `undefined`, and nobody complains. The runbook is written along the same walk.
 */
import type { StartSpec } from '../cluster/cluster';
import { Roster } from '../cluster/roster';
import { PLAIN } from '../cluster/security';
import type { SenseRule } from '../rules-of-sense';
import { DrillClusters } from './drill-clusters';
import { DrillMembers } from './drill-members';
import type { KnownCluster } from './known-cluster';
import { startSpec, type StartWishes } from './start-spec';
import type { ArgumentProblem } from './step';

export interface DrillFacts {
  members: readonly string[];
  /** The version that the scenario is given. */
  version: string;
  /** The flags of the scenario, for every member. */
  flags: Readonly<Record<string, string>>;
  /** Where each of them is written: `flags.yaml:4`. */
  flagPlaces?: ReadonlyMap<string, string>;
  /** Who the clients are where the cluster has authentication enabled, and the variable that holds the password. */
  auth?: { user: string; passwordEnv: string };
}

export class DrillState {
  readonly members: readonly string[];
  readonly version: string;
  readonly flags: Readonly<Record<string, string>>;
  /** Where the flags of the scenario are written: `flags.yaml:4`. */
  readonly flagPlaces: ReadonlyMap<string, string>;
  /** The member list as an operator would have written it down. Not to be trusted where `listIsCertain` is false. */
  readonly roster: Roster;
  /** Which cluster each member's data is of. */
  readonly clusters: DrillClusters;
  private readonly facts: DrillMembers;
  private readonly snapshots = new Set<string>();
  /** The user of the scenario's `auth`; undefined where it has none. */
  readonly auth: DrillFacts['auth'];
  /**
   * Whether clients have to log in: authentication was enabled, or may have been. etcdctl with a user works against a
   * cluster without authentication as well (measured on 3.3 to 3.7).
   */
  private mayAuthenticate = false;
  /** The members of whom it is certain that no process of theirs ever ran. */
  private readonly neverRan: Set<string>;
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
    this.flagPlaces = drill.flagPlaces ?? new Map();
    this.auth = drill.auth;
    this.roster = new Roster(drill.members, PLAIN);
    this.neverRan = new Set(drill.members);
    this.facts = new DrillMembers(drill.members);
    this.clusters = new DrillClusters(this.facts, this.roster);
  }

  problem(rule: SenseRule, pointer: string, message: string, hint?: string): void {
    this.report({ rule, pointer, message, hint });
  }

  /** Undefined where that is not certain, as of a name that only stands for a member: `$victim`. */
  isUp(member: string): boolean | undefined {
    return this.facts.find(member)?.up;
  }

  /** Whether certainly no process of the member ever ran: it has no log. */
  hasNeverRun(member: string): boolean {
    return this.neverRan.has(member);
  }

  hasData(member: string): boolean | undefined {
    return this.facts.find(member)?.data;
  }

  /** How the member was started the last time; undefined where it never was, or that is not certain. */
  specOf(member: string): StartSpec | undefined {
    return this.facts.find(member)?.spec;
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
    const running = this.clusters.runningVoters();
    return running && countOf(selector, running.count, running.cluster.voters.size);
  }

  /** The user that clients log in as here; undefined where they do not. */
  get client(): DrillFacts['auth'] {
    return this.mayAuthenticate ? this.auth : undefined;
  }

  /** From here on clients log in. */
  authenticates(): void {
    this.mayAuthenticate = true;
  }

  nobodyRuns(): boolean {
    return this.members.every((member) => this.isUp(member) === false);
  }

  /** How `start` would start the member here. */
  specFor(member: string, wishes: StartWishes): StartSpec {
    const { roster, version, flags } = this;
    return startSpec(member, wishes, { roster, version, flags });
  }

  /** `settled`: it was waited for until it served. */
  started(member: string, spec: StartSpec, settled = true): void {
    this.neverRan.delete(member);
    // First of all: one that was removed is a member again where it makes a new cluster.
    this.roster.started(member, spec);
    const cluster = this.clusters.afterStart(member, spec);
    // A member that was removed ends itself; after a mistake the stop may be what stands at the wrong place.
    const up = this.roster.isRemoved(member) || this.facts.of(member).doubtful ? undefined : true;
    this.facts.named(member, -1);
    Object.assign(this.facts.of(member), { up, data: true, spec, settled, cluster, doubtful: false });
    if (settled) cluster?.joined.add(member);
    if (spec.forceNewCluster) this.listIsCertain = true;
  }

  /** It may run or not: its start was refused, in a way that only shows when it happens. */
  mayHaveStarted(member: string): void {
    this.neverRan.delete(member);
    const { spec } = this.facts.of(member);
    this.facts.forget([member]);
    this.facts.of(member).spec = spec;
  }

  /** How it runs is open: it may have been given another version. */
  forgetSpec(member: string): void {
    this.facts.of(member).spec = undefined;
  }

  ended(member: string): void {
    this.facts.named(member, 0);
    const facts = this.facts.of(member);
    facts.up = facts.doubtful ? undefined : false;
  }

  /** An expectation has shown that it is down. */
  seenDown(member: string): void {
    this.facts.named(member, -1);
    Object.assign(this.facts.of(member), { up: false, doubtful: false });
  }

  /**
   * So many of the running voters ended, and which ones shows only when it happens. Where even the number is open,
   * nothing is certain any more.
   */
  endedSome(selector: string): void {
    const running = this.clusters.runningVoters();
    const count = running && countOf(selector, running.count, running.cluster.voters.size);
    if (!running || count === undefined || !this.ordered) return this.forget();
    this.facts.someEnded(running.members, count, this.keepsAs);
  }

  /** Those that a step ended and kept under this name are started again; false where that is not known. */
  startedKept(as: string): boolean {
    return this.facts.keptStarted(as);
  }

  /** The file from outside that the member's data was restored from; undefined for other data. */
  outsideFileOf(member: string): string | undefined {
    return this.facts.find(member)?.outsideFile;
  }

  wiped(member: string): void {
    Object.assign(this.facts.of(member), { data: false, outsideFile: undefined, cluster: undefined });
    this.roster.wiped(member);
  }

  /** `outsideFile`: the snapshot, where no step of the drill took it. */
  restored(
    member: string,
    from: { list: readonly string[] | undefined; origin: string; outsideFile: string | undefined },
  ): void {
    const { list, origin, outsideFile } = from;
    if (outsideFile !== undefined) this.authenticates();
    const names = list ?? this.members;
    const key = `${origin} ${names.toSorted().join(' ')}`;
    Object.assign(this.facts.of(member), { data: true, outsideFile, cluster: this.clusters.ofOrigin(key, names) });
    this.roster.restored(member, { list: list ? this.roster.listOf(list) : this.roster.fullList(), source: origin });
    this.listIsCertain = true;
  }

  added(member: string, request: { learner: boolean; peerURL: string | undefined; asked: string | undefined }): void {
    this.clusters.change((cluster) => (request.learner ? cluster.learners : cluster.voters).add(member));
    const { learner, peerURL = this.roster.peerURL(member), asked } = request;
    this.roster.added(member, { learner, peerURL, asked });
  }

  /** Its process, if it runs, ends itself; when is not known. */
  removed(member: string, request: { asked: string | undefined }): void {
    this.clusters.change((cluster) => {
      cluster.voters.delete(member);
      cluster.learners.delete(member);
      cluster.joined.delete(member);
    });
    this.roster.removed(member, request);
    const facts = this.facts.of(member);
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
    for (const member of members) this.neverRan.delete(member);
    this.facts.forget(members);
  }

  /** From here on nothing is certain but which snapshots there are. */
  forgetAll(): void {
    this.forget();
    this.forgetList();
  }

  /** The drill has a mistake here: what its author takes for granted after it is anybody's guess. */
  doubt(): void {
    this.forgetAll();
    for (const facts of this.facts.all()) facts.doubtful = true;
  }

  /** From here on it is open who is in the member list. */
  forgetList(): void {
    this.listIsCertain = false;
    this.clusters.mayHaveChanged();
  }

  promoted(member: string, request: { asked: string | undefined }): void {
    this.roster.promoted(member, request);
    this.clusters.change((cluster) => {
      if (cluster.learners.delete(member)) cluster.voters.add(member);
    });
  }

  /** True where certainly fewer voters run than a quorum has. */
  lacksQuorum(cluster: KnownCluster): boolean {
    return this.ordered && this.clusters.lacksQuorum(cluster);
  }

  /** True where certainly a quorum runs, and served when it was started. */
  hasQuorum(cluster: KnownCluster): boolean {
    return this.ordered && this.clusters.hasQuorum(cluster);
  }

  /**
   * `all`, as `select` has it: the member list and whoever runs besides, or all that are declared before there is either.
   * Undefined where that is open. A member that was removed ends, and is waited for.
   */
  private everybody(): readonly string[] | undefined {
    if (!this.listIsCertain) return undefined;
    const known = new Set(this.roster.known());
    const others = this.members.filter((member) => !known.has(member) && !this.roster.isRemoved(member));
    if (others.some((member) => this.isUp(member) === undefined)) return undefined;
    const meant = this.members.filter((member) => known.has(member) || (others.includes(member) && this.isUp(member)));
    return meant.length === 0 ? this.members : meant;
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
