import { readConfiguration } from '../../library/config';
import { check } from '../../library/check';
import { resolveWithoutEngine } from '../../library/versions';
import { createStyle } from '../../report/style';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command } from '../io';
import { variablesOf } from '../request';
import { usage } from './validate.usage';
import { PROBLEM_FORMATS } from '../problem-formats';
import { countProblems } from '../../problems';

export const command: Command = async (argv, io) => {
  const { paths, options } = parse(argv, usage, io.env);
  const most = options.strict ? 0 : (options['max-warnings'] ?? Infinity);
  const { etcd: defaultEtcd } = readConfiguration(io.cwd, options.config);
  const requested = { etcd: options.etcd, defaultEtcd };
  const { files, problems, remarks } = await check({
    paths,
    command: usage.name,
    shipped: options.shipped,
    cwd: io.cwd,
    ...variablesOf(options),
    slow: true,
    // Some mistakes show only against a version: a flag that it lacks.
    ...(await resolveWithoutEngine(requested, io.env)),
  });
  if (options.format === 'text') for (const remark of remarks) io.err.write(`${stripControl(remark)}\n`);
  const { errors, warnings } = countProblems(problems);
  io.out.write(PROBLEM_FORMATS[options.format](problems, files, createStyle(io.colour)));
  return errors > 0 || warnings > most ? 2 : 0;
};
