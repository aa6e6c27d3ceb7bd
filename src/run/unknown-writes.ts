/** Writes of a case that may be applied after their step ended, so that a later failure on their keys names them. */
import type { StepRef } from '../events';
import type { LoadedStep } from '../scenario/scenario';
import { keysRead, keysWritten, overlap, type Keys } from '../scenario/step-keys';

export class UnknownWrites {
  private readonly writes: (Keys & { step: StepRef })[] = [];

  /** The step failed as expected, and its outcome is unknown: `ref` is what reports call it. */
  add(step: LoadedStep, ref: StepRef): void {
    this.writes.push(...keysWritten(step).map((keys) => ({ ...keys, step: ref })));
  }

  /** What the failure of a read says of such a write; undefined where none has its keys. */
  explain(step: LoadedStep): string | undefined {
    const read = keysRead(step);
    const write = this.writes.findLast((one) => read.some((keys) => overlap(keys, one)));
    if (!write) return undefined;
    const { id, sentence } = write.step;
    return `step ${id} (${sentence}) ended without an answer, so its outcome is unknown: it may have been applied later`;
  }
}
