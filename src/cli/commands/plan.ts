import { formatDuration } from '../../clock';
import { readConfiguration } from '../../library/config';
import { overviewOf, type PlannedOverview } from '../../library/overview';
import { resolveWithoutEngine } from '../../library/versions';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command } from '../io';
import { reportsFolder, variablesOf } from '../request';
import { usage } from './plan.usage';

export const command: Command = async (argv, io) => {
  const { paths, options } = parse(argv, usage, io.env);
  const configuration = readConfiguration(io.cwd, options.config);
  const { cases, remarks } = overviewOf({
    paths,
    command: usage.name,
    cwd: io.cwd,
    shipped: options.shipped,
    tag: options.tag,
    grep: options.grep,
    ...variablesOf(options),
    ...(await resolveWithoutEngine({ etcd: options.etcd, defaultEtcd: configuration.etcd }, io.env)),
    image: options.image ?? configuration.image,
    reports: reportsFolder(options, configuration, { io, run: '' }),
  });
  for (const remark of remarks) io.err.write(`${stripControl(remark)}\n`);
  io.out.write(options.json ? `${JSON.stringify(cases, null, 2)}\n` : stripControl(cases.map(told).join('\n')));
  return 0;
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
  const steps = one.steps.map(({ id: number, sentence, refusedWith, commands }) => {
    const typed = commands.map(
      ({ on, where, text }) =>
        `            ${on === undefined ? '' : `on ${on}${where ? `, where that is ${where.join(' or ')}` : ''}: `}${text.replace(/\s*\\\n\s*/g, ' ')}\n`,
    );
    const outcome = refusedWith === undefined ? '' : `: has to be refused, with ${refusedWith}`;
    return `    ${number.padStart(4)}  ${sentence}${outcome}\n${typed.join('')}`;
  });
  return `${head}${images.join('')}    ${containers} containers at once, at most; ${time}\n${steps.join('')}`;
}
