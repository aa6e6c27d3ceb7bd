import { ruleNamed, rulesPage } from '../../library/rules-page';
import { RULES } from '../../rules';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './rules.usage';

export const command: Command = (argv, io) => {
  const {
    paths: [name],
    options: { markdown },
  } = parse(argv, usage, io.env);
  io.out.write(markdown ? rulesPage() : name === undefined ? overview() : page(name));
  return Promise.resolve(0);
};

function overview(): string {
  const width = Math.max(...[...RULES.keys()].map((name) => name.length));
  const lines = [...RULES].map(([name, { severity, about }]) => {
    const [first = ''] = about.split(/(?<=[.:]) /);
    return `  ${name.padEnd(width)}  ${severity.padEnd(7)}  ${plain(first)}`;
  });
  return [...lines, '', 'etcd-scenarios rules NAME tells all about one.', ''].join('\n');
}

function page(name: string): string {
  const { severity, kind, about } = ruleNamed(name);
  const silenced = kind === 'sense' ? `\n\nSilenced by a comment: # etcd-scenarios-disable-line ${name}` : '';
  return `${name} (${severity})\n${plain(about)}${silenced}\n`;
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
