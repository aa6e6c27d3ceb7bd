import { UsageError } from '../../errors';
import { ruleNamed, rulesPage } from '../../library/rules-page';
import { RULES } from '../../rules';
import { parse } from '../args';
import type { Command } from '../io';

export const command: Command = (argv, io) => {
  const args = parse(argv, { markdown: { type: 'boolean' } });
  const [name, ...more] = args.paths;
  if (more.length > 0) throw new UsageError('rules takes one name, or none');
  io.out.write(args.flag('markdown') ? rulesPage() : name === undefined ? overview() : page(name));
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
