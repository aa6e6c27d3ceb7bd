import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asError, UsageError } from '../../errors';
import { readConfiguration } from '../../library/config';
import { resolveWithoutEngine } from '../../library/versions';
import { runbook } from '../../library/runbook';
import { stripControl } from '../../source';
import { parse, parseVariables } from '../args';
import type { Command } from '../io';

const OPTIONS = {
  etcd: { type: 'string' },
  var: { type: 'string', multiple: true },
  'var-file': { type: 'string', multiple: true },
  format: { type: 'string' },
  out: { type: 'string' },
} as const;

export const command: Command = async (argv, io) => {
  const args = parse(argv, OPTIONS);
  const [path, ...more] = args.paths;
  if (path === undefined || more.length > 0) throw new UsageError('runbook takes one FILE');
  const format = args.text('format') ?? 'md';
  if (format !== 'md' && format !== 'sh') throw new UsageError(`--format takes md or sh, not "${format}"`);
  const requested = { etcd: args.versions('etcd'), defaultEtcd: readConfiguration(io.cwd).etcd };
  const { text, remarks } = await runbook({
    path,
    cwd: io.cwd,
    variables: parseVariables(args.texts('var')),
    variableFiles: args.texts('var-file'),
    ...(await resolveWithoutEngine(requested, io.env)),
    format,
  });
  for (const remark of remarks) io.err.write(`${remark}\n`);
  const out = args.text('out');
  if (out === undefined) io.out.write(stripControl(text));
  else write(resolve(io.cwd, out), text, format);
  return 0;
};

function write(path: string, text: string, format: 'md' | 'sh'): void {
  try {
    writeFileSync(path, text, { mode: format === 'sh' ? 0o777 : 0o666 });
  } catch (thrown) {
    throw new UsageError(`can't write ${path}: ${asError(thrown).message}`);
  }
}
