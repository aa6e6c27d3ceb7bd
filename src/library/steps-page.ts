/** docs/steps.md: the reference of the language as one page. */
import { topics, type Argument, type Topic } from './reference';

/** The whole page, in Markdown. */
export function stepsPage(): string {
  const all = topics();
  const actions = all.filter(({ kind }) => kind === 'action');
  const blocks = [
    '# The steps of a drill',
    'Generated from the steps themselves (`npm run generate`); `etcd-scenarios steps NAME` prints the same in a terminal. ' +
      'Each example works as it is where three members run, and the tests run it. The commands are what an operator ' +
      'would type instead, on etcd 3.5.',
    '## All actions',
    ['| action | what it does |', '|---|---|', ...actions.map(rowOf)].join('\n'),
    ...all.flatMap(topicBlocks),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function rowOf({ name, summary }: Topic): string {
  return `| [\`${name}\`](#${name}) | ${cell(summary)} |`;
}

function topicBlocks(topic: Topic): string[] {
  const { name, summary, main, versions, args, results, notes, example, files, commands } = topic;
  const short = main === undefined ? [] : [`In short: \`- ${name}: ${main}\`.`];
  return [
    `## ${name}`,
    summary,
    ...(args.length === 0 ? [] : [table(args)]),
    ...(short.length + notes.length === 0 ? [] : [[...short, ...notes].join(' ')]),
    ...(results.length === 0 ? [] : [resultsTable(results)]),
    ...(versions === undefined ? [] : [versions]),
    ['```yaml', ...example, '```'].join('\n'),
    ...Object.entries(files).map(([file, lines]) => [`\`${file}\`:`, '', '```yaml', ...lines, '```'].join('\n')),
    ...(commands.length === 0 ? [] : [commandBlock(commands)]),
  ];
}

function table(args: readonly Argument[]): string {
  const rows = args.map(({ name, takes, required, description, example }) => {
    const about = [description, ...(example === undefined ? [] : [`\`${name}: ${example}\``])].join(' · ');
    return `| \`${name}\` | ${cell(takes)} | ${required ? 'yes' : ''} | ${cell(about)} |`;
  });
  return ['| key | takes | required | |', '|---|---|---|---|', ...rows].join('\n');
}

function resultsTable(results: Topic['results']): string {
  const rows = results.map(({ name, is, description }) => `| \`${name}\` | ${is} | ${cell(description)} |`);
  return ['With `as: NAME` it leaves `${results.NAME.…}`:', '', '| result | is | |', '|---|---|---|', ...rows].join(
    '\n',
  );
}

function commandBlock(commands: Topic['commands']): string {
  const lines = commands.map(({ on, text }) => (on === undefined ? text : `# on ${on}\n${text}`));
  return ['By hand:', ['```sh', ...lines, '```'].join('\n')].join('\n\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
