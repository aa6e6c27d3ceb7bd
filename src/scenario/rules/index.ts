/** The rules of sense. Those that a step knows of itself are in its own file (`state.problem`). */
import type { Problem } from '../../errors';
import type { Scenario } from '../scenario';
import { assertionProblems } from './assertions';
import { bareExpressions } from './bare-expressions';
import { contradiction } from './contradiction';
import { unlikelyError } from './error-texts';
import { loose } from './loose';
import { unusedNames } from './names';
import { neverRuns } from './never-runs';
import { quorum } from './quorum';
import { selectors } from './selectors';
import { unknownWrite } from './unknown-write';
import { unsupported } from './versions';
import type { StepRule } from './visit';

/** Asked at each step, with what is known just before it. */
export const STEP_RULES: readonly StepRule[] = [
  quorum,
  selectors,
  contradiction,
  unsupported,
  unlikelyError,
  loose,
  unknownWrite,
];

/** What does not depend on the version, once for each scenario. */
export function fileProblems(scenario: Scenario): Problem[] {
  return [
    ...assertionProblems(scenario),
    ...neverRuns(scenario),
    ...bareExpressions(scenario),
    ...unusedNames(scenario),
  ];
}
