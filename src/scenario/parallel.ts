/** Steps side by side may not be about the same member. */
import type { Problem } from '../errors';
import type { ScalarNode } from './node';
import { valueOf } from './node';
import { problemAt } from './parse';
import { allSteps, type LoadedStep } from './scenario';

/** Members that two steps of a `parallel` act on, as far as reading alone shows. */
export function memberClashes(branches: readonly LoadedStep[], members: readonly string[]): Problem[] {
  const taken = new Map<string, LoadedStep>();
  return branches.flatMap((branch) => {
    const problems: Problem[] = [];
    const own = allSteps([branch]).flatMap((step) => membersOf(step).map((node) => ({ step, node })));
    for (const { step, node } of own) {
      const names = node.text === 'all' ? members : [node.text];
      const twice = names.find((name) => taken.has(name));
      if (twice === undefined) continue;
      const message = `\`${taken.get(twice)?.step.name}\` beside this step acts on ${twice} as well`;
      problems.push(problemAt(step.source, node, 'parallel', message, 'steps side by side act on different members'));
    }
    for (const { step, node } of own) {
      for (const name of node.text === 'all' ? members : [node.text]) taken.set(name, step);
    }
    return problems;
  });
}

/** The names and selectors that stand under a step's `member`. */
function membersOf({ args }: LoadedStep): ScalarNode[] {
  const member = args.kind === 'map' ? valueOf(args, 'member') : undefined;
  if (member?.kind === 'scalar') return [member];
  return member?.kind === 'seq' ? member.items.flatMap((item) => (item.kind === 'scalar' ? [item] : [])) : [];
}
