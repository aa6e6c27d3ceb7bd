/** Keys inside of an action that belong elsewhere: modifiers, which stand beside it, and actions, which are steps. */
import { STEPS } from '../steps';
import type { Step } from '../steps/step';
import { holdsSteps } from './arguments';
import { report, type LoadContext } from './load-context';
import type { MapEntry, MapNode } from './node';
import { MODIFIERS } from './top-level';

/** The arguments without what belongs elsewhere, which is reported; undefined where a block’s steps are among it. */
export function withoutStrays(args: MapNode, step: Step, context: LoadContext): MapNode | undefined {
  const { properties = {} } = step.schema;
  const isStray = ({ key: { text } }: MapEntry): boolean =>
    !Object.hasOwn(properties, text) && (STEPS.has(text) || Object.hasOwn(MODIFIERS.properties ?? {}, text));
  const strays = args.entries.filter(isStray);
  if (strays.length === 0) return args;
  const steps = strays.filter(({ key }) => STEPS.has(key.text));
  for (const { key } of strays) if (!STEPS.has(key.text)) reportModifier(key.text, key, step, context);
  if (steps[0] && holdsSteps(step.schema)) {
    reportSteps(steps[0], step, context);
    return undefined;
  }
  for (const { key } of steps) {
    const isWanted = key.text === 'expect' && step.name === 'get';
    const hint = isWanted
      ? 'what it must find is `value`, `count` or `absent`'
      : `\`${key.text}\` is an action, for a step of its own: \`- ${key.text}: …\``;
    report(context, key, 'misplaced', `\`${step.name}\` has no \`${key.text}\``, hint);
  }
  return { ...args, entries: args.entries.filter((entry) => !strays.includes(entry)) };
}

function reportModifier(name: string, at: MapEntry['key'], step: Step, context: LoadContext): void {
  const hint = `it belongs to the step: under \`${step.name}\`, indented as far, and outside of its braces`;
  report(context, at, 'misplaced', `\`${name}\` is a modifier: it stands beside \`${step.name}\`, not in it`, hint);
}

/** One message for all of them: they were meant as the block’s list. */
function reportSteps({ key }: MapEntry, step: Step, context: LoadContext): void {
  const dash = `with a dash: \`- ${key.text}: …\``;
  const hint = step.main === 'steps' ? `write each ${dash}` : `write each under \`steps\`, ${dash}`;
  report(context, key, 'misplaced', `\`${step.name}\` holds a list of steps, and this is none of its keys`, hint);
}
