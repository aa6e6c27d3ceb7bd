/** Every schema that files are checked against: what the build compiles. */
import { STEPS } from '../steps';
import type { JsonSchema } from '../steps/schema';
import { shallow } from './arguments';
import { withoutSteps } from './bind';
import { MATRIX } from './matrix';
import { PART } from './part';
import { MODIFIERS, TOP_LEVEL } from './top-level';
import { withExpressions } from './validate';
import { VARIABLES } from './variable-file';

export function allSchemas(): JsonSchema[] {
  const steps = [...STEPS.values()];
  const ofFiles = [TOP_LEVEL, MODIFIERS, MATRIX, PART, VARIABLES];
  const written = [...ofFiles, ...steps.map((step) => shallow(step.schema))];
  return [...written, ...written.map(withExpressions), ...steps.map(withoutSteps)];
}
