import { topicOf, topics, type Argument, type Topic } from '../../library/reference';
import { stepsPage } from '../../library/steps-page';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './steps.usage';

export const command: Command = (argv, io) => {
  const {
    paths: [name],
    options: { markdown },
  } = parse(argv, usage, io.env);
  const text = markdown ? stepsPage() : name === undefined ? overview() : page(topicOf(name));
  io.out.write(text);
  return Promise.resolve(0);
};

function overview(): string {
  const all = topics();
  const width = Math.max(...all.map(({ name }) => name.length));
  const lines = all.map(({ name, summary }) => `  ${name.padEnd(width)}  ${plain(summary)}`);
  return [...lines, '', 'etcd-scenarios steps NAME tells all about one, with an example.', ''].join('\n');
}

/** One topic, as it is read in a terminal. */
function page({ name, summary, main, versions, args, results, notes, example, files, commands }: Topic): string {
  const short = main === undefined ? [] : [`In short: - ${name}: ${main}`];
  const blocks = [
    `${name}\n${plain(summary)}`,
    args.map(argument).join('\n'),
    results.length === 0
      ? ''
      : ['With `as: NAME` it leaves', ...results.map((one) => result(one))].map(plain).join('\n'),
    [...short, ...notes, ...(versions === undefined ? [] : [versions])].map(plain).join('\n'),
    ['Example', ...example.map((line) => `    ${line}`)].join('\n'),
    ...Object.entries(files).map(([file, lines]) => [file, ...lines.map((line) => `    ${line}`)].join('\n')),
    commands.length === 0 ? '' : ['By hand', ...commands.map(typed)].join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function argument({ name, takes, required, description, example }: Argument): string {
  const lines = [
    `  ${name}${required ? ' (required)' : ''}: ${plain(takes)}`,
    ...(description === '' ? [] : [`      ${plain(description)}`]),
    ...(example === undefined ? [] : [`      ${name}: ${example}`]),
  ];
  return lines.join('\n');
}

function result({ name, is, description }: Topic['results'][number]): string {
  return `  \${results.NAME.${name}}: ${is}\n      ${description}`;
}

function typed({ on, text }: Topic['commands'][number]): string {
  const lines = text.split('\n').map((line) => `    ${line}`);
  return [...(on === undefined ? [] : [`    # on ${on}`]), ...lines].join('\n');
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
