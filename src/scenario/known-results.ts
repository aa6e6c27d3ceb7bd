/** The results that a step may name: those of the steps before it, by the names that they are kept under. */
import type { Step } from '../steps/step';

export class KnownResults {
  private readonly own = new Map<string, Step | undefined>();

  /** `before`: what is seen as well, and gets nothing new through this one. */
  constructor(private readonly before?: KnownResults) {}

  has(name: string): boolean {
    return this.own.has(name) || (this.before?.has(name) ?? false);
  }

  /** The action that keeps it; undefined where that is misspelt. */
  stepOf(name: string): Step | undefined {
    return this.own.has(name) ? this.own.get(name) : this.before?.stepOf(name);
  }

  add(name: string, step: Step | undefined): void {
    this.own.set(name, step);
  }

  /** Takes over what came after `before` in another. */
  addAll({ own }: KnownResults): void {
    for (const [name, step] of own) this.own.set(name, step);
  }

  *names(): Iterable<string> {
    if (this.before) yield* this.before.names();
    yield* this.own.keys();
  }
}
