/** What a rule sees of a step as the walk comes to it. */
import type { SenseRule } from '../../rules-of-sense';
import type { DrillState } from '../../steps/drill-state';
import { hasExpression } from '../expressions';
import { valueOf, type Node } from '../node';
import type { LoadedStep } from '../scenario';

export interface RuleVisit {
  step: LoadedStep;
  /** What is known just before the step. */
  state: DrillState;
  /** Reports a problem at an argument (`/from`), or at the step itself. */
  readonly tell: (rule: SenseRule, pointer: string, message: string, hint?: string) => void;
}

export type StepRule = (visit: RuleVisit) => void;

export function argument({ args }: LoadedStep, key: string): Node | undefined {
  return args.kind === 'map' ? valueOf(args, key) : undefined;
}

/** The text of an argument that is a scalar without expressions. */
export function textOf(step: LoadedStep, key: string): string | undefined {
  const node = argument(step, key);
  return node?.kind === 'scalar' && !hasExpression(node.text) ? node.text : undefined;
}

/** The members that an argument names, as far as reading shows; undefined where it does not. */
export function namesUnder(step: LoadedStep, key: string, state: DrillState): readonly string[] | undefined {
  const node = argument(step, key);
  if (!node) return undefined;
  const texts = node.kind === 'scalar' ? [node.text] : node.kind === 'seq' ? node.items.map(scalarText) : [''];
  const [only = ''] = texts;
  return texts.length === 1 && only === 'all' ? state.named('all') : state.named(texts);
}

function scalarText(node: Node): string {
  return node.kind === 'scalar' ? node.text : '';
}
