/**
 * Random scenarios that etcd lets pass: each step is chosen among those that are possible where it stands. What is
 * possible is worked out here, from what etcd does, and not with the model that is tested. The same seed gives the same
 * scenario.
 */

interface Group {
  /** Whether each member votes. */
  members: Map<string, { learner: boolean }>;
}

interface Machine {
  up: boolean;
  /** The cluster that its data is of. */
  data: Group | undefined;
}

export interface Generated {
  seed: number;
  yaml: string;
  etcd: string;
}

const MINORS = ['3.3.25', '3.4.23', '3.5.35', '3.6.16', '3.7.3'];

/** A scenario of about `length` steps. */
export function generate(seed: number, length = 14): Generated {
  return new Generator(seed).scenario(length);
}

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Generator {
  private readonly random: () => number;
  private readonly names: string[];
  private readonly machines = new Map<string, Machine>();
  private readonly steps: string[] = [];
  private readonly snapshots: string[] = [];
  private group: Group = { members: new Map() };
  private readonly etcd: string;
  private version: string;
  private swapped = false;
  private kept = 0;

  constructor(private readonly seed: number) {
    this.random = randomOf(seed);
    this.etcd = this.pick(MINORS);
    this.version = this.etcd;
    const size = this.pick([1, 2, 3, 3, 3, 4, 5]);
    this.names = Array.from({ length: size }, (_, i) => `etcd-${i + 1}`);
    for (const name of this.names) this.machines.set(name, { up: false, data: undefined });
  }

  scenario(length: number): Generated {
    this.bootstrap();
    while (this.steps.length < length) this.pick(this.possible())();
    this.finish();
    const head = `name: Generated from seed ${this.seed}\nmembers: ${this.names.length}\nsteps:\n`;
    return { seed: this.seed, yaml: `${head}${this.steps.map((step) => `  - ${step}\n`).join('')}`, etcd: this.etcd };
  }

  /** Every action that is possible here, the more important ones several times. */
  private possible(): (() => void)[] {
    const voters = this.voters();
    const up = voters.filter((name) => this.at(name).up);
    const members = [...this.group.members.keys()];
    const down = members.filter((name) => !this.at(name).up);
    const allUp = down.length === 0;
    const actions: (() => void)[] = [() => this.add('put: {key: foo, value: bar}')];
    const spare = up.length - this.quorum();
    if (spare > 0)
      actions.push(...this.times(3, () => this.end(this.pick(up), 'kill')), () => this.end(this.pick(up), 'stop'));
    for (const name of down) actions.push(...this.times(3, () => this.start([name])));
    if (down.length > 0) actions.push(() => this.startAll());
    if (allUp) actions.push(() => this.add(`restart: ${this.pick(members)}`));
    if (allUp && up.length >= 3) actions.push(() => this.endSomebody());
    actions.push(
      () => this.snapshot(),
      () => this.loseAll(),
      () => this.loseAll(),
      () => this.forceNew(),
    );
    const learners = members.filter((name) => this.group.members.get(name)?.learner === true);
    const free = this.names.filter((name) => !this.group.members.has(name) && !this.at(name).up);
    if (allUp && free.length > 0 && learners.length === 0)
      actions.push(...this.times(6, () => this.join(this.pick(free))));
    for (const name of learners) if (allUp) actions.push(...this.times(3, () => this.promote(name)));
    for (const name of members) {
      if (members.length > 1 && this.leaves(name)) actions.push(...this.times(2, () => this.remove(name)));
    }
    const next = MINORS[MINORS.indexOf(this.version) + 1];
    if (allUp && next !== undefined && up.length > 0 && learners.length === 0) actions.push(() => this.upgrade(next));
    return actions;
  }

  private bootstrap(): void {
    const first = this.names.filter(() => this.random() < 0.7);
    const isAll = first.length === 0 || first.length === this.names.length;
    this.makeNew(isAll ? [...this.names] : first);
  }

  /** These make a new cluster of their own. */
  private makeNew(names: string[]): void {
    const isAll =
      names.length === this.names.length && !this.steps.some((step) => /^member-|initialCluster|force/.test(step));
    const list = isAll && this.random() < 0.5 ? '' : `, initialCluster: [${names.join(', ')}]`;
    // A member keeps its token: once there is one, all have to be given the next.
    const isTold = this.steps.some((step) => step.includes('initialClusterToken'));
    const token = isTold || this.random() < 0.2 ? `, initialClusterToken: token-${this.steps.length}` : '';
    const flags = this.random() < 0.2 ? ', flags: {snapshot-count: 500}' : '';
    const group: Group = { members: new Map(names.map((name) => [name, { learner: false }])) };
    this.add(`start: {member: [${names.join(', ')}]${list}${token}${flags}${this.versionWords()}}`);
    this.group = group;
    for (const name of names) Object.assign(this.at(name), { up: true, data: group });
  }

  private end(name: string, how: 'kill' | 'stop'): void {
    this.add(`${how}: ${name}`);
    this.at(name).up = false;
  }

  /** The leader or a follower, whoever that is, and back again. */
  private endSomebody(): void {
    const who = this.pick(['leader', 'follower']);
    const as = `gone${++this.kept}`;
    this.add(`{kill: ${who}, as: ${as}}`);
    this.add(`start: "\${results.${as}.members}"`);
  }

  private start(names: string[]): void {
    // With less than a quorum of those that have a vote nobody would serve.
    const together = new Set(names);
    for (const name of this.voters()) {
      if (this.upWith(together) >= this.quorum()) break;
      if (!this.at(name).up) together.add(name);
    }
    const list = this.names.filter((name) => together.has(name));
    this.add(`start: {member: [${list.join(', ')}]${this.versionWords()}}`);
    for (const name of list) Object.assign(this.at(name), { up: true, data: this.group });
  }

  private startAll(): void {
    this.add(this.swapped ? `start: {member: all${this.versionWords()}}` : 'start: all');
    for (const name of this.group.members.keys()) Object.assign(this.at(name), { up: true, data: this.group });
  }

  private snapshot(): void {
    const name = `snapshot-${this.snapshots.length + 1}`;
    this.add(`snapshot: ${name}`);
    this.snapshots.push(name);
  }

  /** Everybody is killed, and some or all lose their data; then the cluster is made anew in one of several ways. */
  private loseAll(): void {
    const saved = this.snapshots.at(-1);
    this.add(this.pick(['kill: all', 'stop: all']));
    for (const name of this.names) this.at(name).up = false;
    if (this.random() < 0.2) return this.startAll();
    this.wipe(this.names.filter((name) => this.at(name).data !== undefined));
    const names = this.pick([[this.pick(this.names)], [...this.names], [...this.names], this.some()]);
    if (saved === undefined || this.random() < 0.5) return this.makeNew(names);
    const list = names.length === this.names.length ? '' : `, initialCluster: [${names.join(', ')}]`;
    this.add(`restore: {member: [${names.join(', ')}], snapshot: ${saved}${list}${this.versionWords()}}`);
    this.group = { members: new Map(names.map((name) => [name, { learner: false }])) };
    this.start(names);
  }

  private forceNew(): void {
    const survivor = this.pick(this.voters().filter((name) => this.at(name).up));
    this.add('stop: all');
    this.add(`start: {member: ${survivor}, forceNewCluster: true${this.versionWords()}}`);
    const group: Group = { members: new Map([[survivor, { learner: false }]]) };
    for (const name of this.names) this.at(name).up = name === survivor;
    this.wipe(this.names.filter((name) => name !== survivor && this.at(name).data !== undefined));
    this.group = group;
    this.at(survivor).data = group;
  }

  private wipe(names: string[]): void {
    if (names.length === 0) return;
    this.add(`wipe: [${names.join(', ')}]`);
    for (const name of names) this.at(name).data = undefined;
  }

  private join(name: string): void {
    if (this.at(name).data !== undefined) this.wipe([name]);
    const learner = this.version !== '3.3.25' && this.etcd !== '3.3.25' && this.random() < 0.4;
    this.add(`etcdctl: [member, list]`);
    this.add(learner ? `member-add: {member: ${name}, learner: true}` : `member-add: ${name}`);
    this.group.members.set(name, { learner });
    this.add(`start: {member: ${name}${this.versionWords()}}`);
    Object.assign(this.at(name), { up: true, data: this.group });
  }

  private promote(name: string): void {
    this.add(`member-promote: ${name}`);
    this.group.members.set(name, { learner: false });
  }

  private remove(name: string): void {
    this.add(`member-remove: ${name}`);
    this.group.members.delete(name);
    const machine = this.at(name);
    const isUp = machine.up;
    machine.up = false;
    const up = this.names.filter((one) => this.at(one).up);
    if (isUp) this.add(`expect: {running: [${up.join(', ')}]}`);
    // A member that is killed right after may not have stored that the removal is committed: on 3.5.35 the last of two
    // waits for the one that was removed. The next write stores it.
    this.add('{put: {key: foo, value: bar}, within: 30s}');
  }

  private upgrade(to: string): void {
    const members = [...this.group.members.keys()];
    if (members.length > 1 && this.random() < 0.3) this.add(`upgrade: {member: ${this.pick(members)}, to: ${to}}`);
    this.add(`upgrade: {member: all, to: ${to}}`);
    this.version = to;
    this.swapped = true;
  }

  private finish(): void {
    const down = [...this.group.members.keys()].filter((name) => !this.at(name).up);
    if (down.length > 0) this.startAll();
    const members = this.names.filter((name) => this.group.members.has(name));
    this.add(`expect: {members: [${members.join(', ')}], healthy: [${members.join(', ')}]}`);
  }

  /** Whether the rest has a quorum that runs once this member is removed. */
  private leaves(name: string): boolean {
    const rest = this.voters().filter((one) => one !== name);
    const up = rest.filter((one) => this.at(one).up);
    return rest.length > 0 && up.length >= Math.floor(rest.length / 2) + 1 && up.length === rest.length;
  }

  private versionWords(): string {
    return this.swapped ? `, version: ${this.version}` : '';
  }

  private voters(): string[] {
    return this.names.filter((name) => this.group.members.get(name)?.learner === false);
  }

  private quorum(): number {
    return Math.floor(this.voters().length / 2) + 1;
  }

  private upWith(names: ReadonlySet<string>): number {
    return this.voters().filter((name) => this.at(name).up || names.has(name)).length;
  }

  private some(): string[] {
    const chosen = this.names.filter(() => this.random() < 0.6);
    return chosen.length > 0 ? chosen : [this.pick(this.names)];
  }

  private add(step: string): void {
    this.steps.push(step);
  }

  private times(count: number, action: () => void): (() => void)[] {
    return Array.from({ length: count }, () => action);
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error(`seed ${this.seed}: nothing to choose from`);
    return item;
  }

  private at(name: string): Machine {
    const machine = this.machines.get(name);
    if (!machine) throw new Error(`no machine ${name}`);
    return machine;
  }
}
