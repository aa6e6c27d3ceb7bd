import { resolve } from 'node:path';
import { formatDuration } from '../../clock';
import { readConfiguration } from '../../library/config';
import { overviewOf, type PlannedOverview } from '../../library/overview';
import { stripControl } from '../../source';
import { parse, parseVariables } from '../args';
import type { Command } from '../io';

const OPTIONS = {
  etcd: { type: 'string' },
  var: { type: 'string', multiple: true },
  tag: { type: 'string' },
  grep: { type: 'string' },
  image: { type: 'string' },
  reports: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const command: Command = (argv, io) => {
  const args = parse(argv, OPTIONS);
  const configuration = readConfiguration(io.cwd);
  const cases = overviewOf({
    paths: args.paths,
    cwd: io.cwd,
    tag: args.text('tag'),
    grep: args.text('grep'),
    variables: parseVariables(args.texts('var')),
    etcd: args.versions('etcd'),
    defaultEtcd: configuration.etcd,
    image: args.text('image') ?? (io.env['ETCD_SCENARIOS_IMAGE'] || configuration.image),
    reports: resolve(io.cwd, args.text('reports') ?? configuration.reports ?? 'reports'),
  });
  io.out.write(args.flag('json') ? `${JSON.stringify(cases, null, 2)}\n` : stripControl(cases.map(told).join('\n')));
  return Promise.resolve(0);
};

function told(one: PlannedOverview): string {
  const { id, name, skip, containers, last } = one;
  const head = `${name}\n    ${id}\n`;
  if (skip !== undefined) return `${head}    skipped: ${skip}\n`;
  const time =
    last === null
      ? 'how long it takes is not known: the reports have no run of it'
      : `took ${formatDuration(last.durationMs)} last time (${last.verdict})`;
  const images = Object.entries(one.images).map(([version, names]) => {
    const choice = names.length === 1 ? names[0] : `the first that is there of ${names.join(', ')}`;
    return `    etcd ${version}: image ${choice}\n`;
  });
  const steps = one.steps.map(({ id: number, sentence, commands }) => {
    const typed = commands.map(
      ({ on, text }) => `            ${on === undefined ? '' : `on ${on}: `}${text.replace(/\s*\\\n\s*/g, ' ')}\n`,
    );
    return `    ${number.padStart(4)}  ${sentence}\n${typed.join('')}`;
  });
  return `${head}${images.join('')}    ${containers} containers at once, at most; ${time}\n${steps.join('')}`;
}
