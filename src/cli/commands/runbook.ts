import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asError, UsageError } from '../../errors';
import { readConfiguration } from '../../library/config';
import { resolveWithoutEngine } from '../../library/versions';
import { runbook } from '../../library/runbook';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command } from '../io';
import { variablesOf } from '../request';
import { usage } from './runbook.usage';

export const command: Command = async (argv, io) => {
  const {
    paths: [path],
    options,
  } = parse(argv, usage, io.env);
  const { format, out } = options;
  const requested = { etcd: options.etcd, defaultEtcd: readConfiguration(io.cwd, options.config).etcd };
  const { text, remarks } = await runbook({
    path,
    cwd: io.cwd,
    ...variablesOf(options),
    ...(await resolveWithoutEngine(requested, io.env)),
    format,
  });
  for (const remark of remarks) io.err.write(`${remark}\n`);
  if (out === undefined) io.out.write(stripControl(text));
  else {
    write(resolve(io.cwd, out), text, format);
    io.out.write(stripControl(`wrote ${out}${format === 'sh' ? `; next: bash ${out}` : ''}\n`));
  }
  return 0;
};

function write(path: string, text: string, format: 'md' | 'sh'): void {
  try {
    writeFileSync(path, text, { mode: format === 'sh' ? 0o777 : 0o666 });
  } catch (thrown) {
    throw new UsageError(`can't write ${path}: ${asError(thrown).message}`);
  }
}
