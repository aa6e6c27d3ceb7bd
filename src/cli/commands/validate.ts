import { readConfiguration } from '../../library/config';
import { check } from '../../library/check';
import { resolveWithoutEngine } from '../../library/versions';
import { stripControl } from '../../source';
import { parse, parseVariables } from '../args';
import type { Command } from '../io';
import { problemFormat } from '../problem-formats';
import { countProblems } from '../../problems';

const OPTIONS = {
  var: { type: 'string', multiple: true },
  'var-file': { type: 'string', multiple: true },
  etcd: { type: 'string' },
  format: { type: 'string' },
  'max-warnings': { type: 'string' },
  strict: { type: 'boolean' },
} as const;

export const command: Command = async (argv, io) => {
  const args = parse(argv, OPTIONS);
  const name = args.text('format') ?? 'text';
  const format = problemFormat(name);
  const most = args.flag('strict') ? 0 : (args.number('max-warnings', 0) ?? Infinity);
  const { etcd: defaultEtcd } = readConfiguration(io.cwd);
  const variables = parseVariables(args.texts('var'));
  const requested = { etcd: args.versions('etcd'), defaultEtcd };
  const { files, problems, remarks } = await check({
    paths: args.paths,
    cwd: io.cwd,
    variables,
    variableFiles: args.texts('var-file'),
    slow: true,
    // Some mistakes show only against a version: a flag that it lacks.
    ...(await resolveWithoutEngine(requested, io.env)),
  });
  if (name === 'text') for (const remark of remarks) io.err.write(`${stripControl(remark)}\n`);
  const { errors, warnings } = countProblems(problems);
  (name === 'text' && errors > 0 ? io.err : io.out).write(format(problems, files));
  return errors > 0 || warnings > most ? 2 : 0;
};
