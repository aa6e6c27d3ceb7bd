/**
 * What is known about a drill at a point of its file, by reading alone: who is up, which snapshots were taken. Steps
 * tell what they change, and report what can't be right; what is not certain is `undefined`, and nobody complains.
 */
import type { ArgumentProblem } from './step';

export class DrillState {
  private readonly up = new Map<string, boolean | undefined>();
  private readonly data = new Map<string, boolean | undefined>();
  private readonly snapshots = new Set<string>();
  /** Inside of `parallel` the order is open: nothing about quorums can be said there. */
  ordered = true;

  constructor(
    readonly members: readonly string[],
    private readonly report: (problem: ArgumentProblem) => void,
  ) {
    for (const member of members) {
      this.up.set(member, false);
      this.data.set(member, false);
    }
  }

  problem(pointer: string, message: string, hint?: string): void {
    this.report({ pointer, message, hint });
  }

  isUp(member: string): boolean | undefined {
    return this.up.get(member);
  }

  setUp(member: string, up: boolean | undefined): void {
    this.up.set(member, up);
    if (up !== false) this.data.set(member, up);
  }

  hasData(member: string): boolean | undefined {
    return this.data.get(member);
  }

  setData(member: string, data: boolean | undefined): void {
    this.data.set(member, data);
  }

  hasSnapshot(name: string): boolean {
    return this.snapshots.has(name);
  }

  addSnapshot(name: string): void {
    this.snapshots.add(name);
  }

  /** The members that a selector certainly means; undefined where that shows only when it runs. */
  named(selector: string | readonly string[]): readonly string[] | undefined {
    const names = typeof selector === 'string' ? [selector] : selector;
    return names.every((name) => this.up.has(name)) ? names : undefined;
  }

  /** From here on nothing is certain about these members, or about anybody. */
  forget(members: readonly string[] = this.members): void {
    for (const member of members) {
      this.up.set(member, undefined);
      this.data.set(member, undefined);
    }
  }
}
