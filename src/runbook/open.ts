/** A step with a variable in the place of each result, which is known only when it happens: `$victim_members`. */
import { substitute } from '../scenario/expressions';
import { schemaUnder, type Node } from '../scenario/node';
import { readNode } from '../scenario/read';
import type { LoadedStep } from '../scenario/scenario';
import { SECRETS } from '../scenario/variables';
import { OPEN } from '../steps/instruction';
import type { JsonSchema } from '../steps/schema';
import type { BoundStep } from '../steps/step';

export interface OpenName {
  variable: string;
  /** `victim.members`. */
  result: string;
}

/** The step, bound; what stands for results in it is added to `open`. */
export function bindOpen({ args, step }: LoadedStep, open: OpenName[]): BoundStep {
  const node = substitute(args, {
    final: true,
    onProblem: () => undefined,
    lookup: (name) => {
      const result = name.replace(/^results\./, '');
      if (name.startsWith(`${SECRETS}.`)) return { value: `${OPEN}${openSecret(name, open)}` };
      const variable = result.replace(/\W/g, '_');
      if (!open.some((one) => one.result === result)) open.push({ variable: `$${variable}`, result });
      return { value: `${OPEN}${variable}` };
    },
  });
  return step.bind(readOpen(node, step.schema));
}

/** A secret is the environment variable that it comes from, as it is in the operator's own shell. */
function openSecret(name: string, open: OpenName[]): string {
  const env = name.slice(SECRETS.length + 1);
  if (!open.some((one) => one.result === name)) open.push({ variable: `$${env}`, result: name });
  return env;
}

/** As `readNode`, but a variable where no text can stand is read as what its place takes. */
function readOpen(node: Node, schema: JsonSchema | undefined): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.text.includes(OPEN) ? asTaken(node.text, schema) : readNode(node, schema);
    case 'seq':
      return node.items.map((item) => readOpen(item, schema?.items));
    case 'map': {
      const entries = node.entries.map(({ key, value }) => [
        key.text,
        readOpen(value, schema && schemaUnder(key.text, schema)),
      ]);
      return Object.fromEntries(entries) as object;
    }
  }
}

/** A list of the variable, or what a boolean would be if it said something; a number is told as the variable. */
function asTaken(variable: string, schema: JsonSchema | undefined): unknown {
  const types = [schema?.type ?? 'string'].flat();
  if (types.includes('string')) return variable;
  if (types.includes('array')) return [variable];
  return types.includes('boolean') ? true : variable;
}
