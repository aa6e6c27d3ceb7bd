/** docs/rules.md, and the rules for a terminal. */
import { UsageError } from '../errors';
import { nearest } from '../match';
import { RULES, type Rule } from '../rules';

/** The rule of this name. Throws UsageError where there is none. */
export function ruleNamed(name: string): Rule {
  const rule = RULES.get(name);
  if (rule) return rule;
  const near = nearest(name, RULES.keys());
  throw new UsageError(`there is no rule "${name}"${near === undefined ? '' : `; did you mean ${near}?`}`);
}

const HEAD = `# The rules that a drill is checked by

Generated from the rules themselves (\`npm run generate\`); \`etcd-scenarios rules NAME\` prints the same in a terminal. An
error is certain: nothing starts, and the exit code is 2. A warning is likely: it is shown, and everything goes on
(\`validate --strict\` and \`--max-warnings N\` make it count).

A rule of sense is silenced at its place by a comment, in the line or in the one above; several are separated by commas, and
after \`--\` stands the reason:

\`\`\`yaml
- kill: etcd-1 # etcd-scenarios-disable-line not-running -- to see what the step says
# etcd-scenarios-disable-next-line get-compares-nothing
- get: foo
\`\`\`
`;

const SENSE = `## Sense: what the steps of a drill lead to

The drill is followed step by step, for each version that it runs with: who is up and with whose data, who is in the member
list, which snapshots there are. What is not certain is not reported. After a mistake about who runs, nothing is taken for
certain until the drill makes it so again: one mistake gives one message.
`;

const SHAPE = `## Shape: what is written

These can't be silenced: what they find can't be run.
`;

export function rulesPage(): string {
  const all = [...RULES];
  const of = (kind: Rule['kind']): string =>
    all
      .filter(([, rule]) => rule.kind === kind)
      .map(section)
      .join('\n');
  return `${HEAD}\n${SENSE}\n${of('sense')}\n${SHAPE}\n${of('shape')}`;
}

function section([name, { severity, kind, about }]: [string, Rule]): string {
  return `### ${name}\n\n${kind === 'sense' ? `${severity === 'error' ? 'Error.' : 'Warning.'} ` : ''}${about}\n`;
}
