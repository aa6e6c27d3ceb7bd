/** What a step did on its way, for the reports. */
import type { Resolution } from '../events';

export class StepTrace {
  readonly resolved: Resolution[] = [];
  readonly concerned = new Set<string>();
  private readonly said: string[] = [];
  private readonly lasting: string[] = [];
  /** What is part of the verdict. */
  readonly remarks: string[] = [];
  /** What a tool printed. */
  output: string | undefined;
  /** It failed as expected, and may be applied all the same. */
  isOutcomeUnknown = false;
  /** What is, or was last, waited for. */
  waitingFor: string | undefined;
  /** Attempts whose outcome is unknown: they may have been applied. */
  readonly unknownAttempts: number[] = [];

  resolve(selector: string, members: readonly string[]): void {
    const last = this.resolved.at(-1);
    if (last?.selector === selector && last.members.join() === members.join()) return;
    this.resolved.push({ selector, members: [...members] });
    for (const member of members) this.concerned.add(member);
  }

  note(text: string): void {
    if (!this.said.includes(text)) this.said.push(text);
  }

  remark(text: string): void {
    if (!this.remarks.includes(text)) this.remarks.push(text);
  }

  /** A note that later attempts do not wipe out. */
  noteForGood(text: string): void {
    this.lasting.push(text);
  }

  /** Forgets what was told of an attempt that did not count. */
  startAttempt(): void {
    this.said.length = 0;
    this.remarks.length = 0;
    this.output = undefined;
    this.isOutcomeUnknown = false;
  }

  /** The notes of the last attempt, and what was left open by those before. */
  notes(attempts: number): string[] {
    const unknown = this.unknownAttempts.filter((attempt) => attempt < attempts);
    if (attempts < 2) return this.said;
    const open = unknown.length === 0 ? [] : [`attempt ${unknown.join(', ')} may have been applied as well`];
    return [...this.said, `at attempt ${attempts}`, ...open, ...this.lasting];
  }
}
