import type { WorkloadFigures } from '../../src/figures';

/** What the checkers say where nothing went wrong. */
export const CLEAN: NonNullable<WorkloadFigures['verdicts']> = {
  lostWrites: 0,
  phantomWrites: 0,
  staleReads: 0,
  tornTransactions: 0,
  movedWrites: 0,
  wrongLeases: 0,
  unproven: 0,
};
