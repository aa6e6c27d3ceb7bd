/** Texts that look like an expression, and are taken as they are. */
import type { Problem } from '../../errors';
import { children, type Node } from '../node';
import { allSteps, type LoadedStep, type Scenario } from '../scenario';
import { problemOf } from '../step-problem';

const NAME = String.raw`(?:vars|matrix|results|repeat)\.[\w.-]*\w`;
const BARE = new RegExp(String.raw`(?<![\w$])(?:\$(${NAME})|\$\((${NAME})\)|\{\{\s*(${NAME})\s*\}\})`);

export function bareExpressions(scenario: Pick<Scenario, 'steps' | 'onFailure' | 'finally'>): Problem[] {
  const steps = allSteps([...scenario.steps, ...scenario.onFailure, ...scenario.finally]);
  return steps.flatMap((step) => bareIn(step.args, step));
}

function bareIn(node: Node, step: LoadedStep): Problem[] {
  if (node.kind !== 'scalar') return children(node, {}).flatMap(([child]) => bareIn(child, step));
  if (!node.text.includes('.') || !/[${]/.test(node.text)) return [];
  const [bare = '', ...names] = BARE.exec(node.text) ?? [];
  const name = names.find((one) => one !== undefined);
  if (name === undefined) return [];
  const message = `\`${bare}\` is text, and nothing replaces it`;
  return [problemOf(step, node, 'bare-expression', message, `an expression is written \`\${${name}}\``)];
}
