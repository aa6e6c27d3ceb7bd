#!/usr/bin/env node
/** The command line: the only room that knows process, argv and exit codes. A command loads only what it needs. */
import nodeModule from 'node:module';
import { HELP } from './help';
import type { Command } from './io';

// Node 22 and later can keep compiled code from one start to the next.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const COMMANDS: Record<string, () => Promise<{ command: Command }>> = {
  run: () => import('./commands/run'),
  init: () => import('./commands/init'),
  new: () => import('./commands/new'),
  validate: () => import('./commands/validate'),
  plan: () => import('./commands/plan'),
  runbook: () => import('./commands/runbook'),
  list: () => import('./commands/list'),
  rules: () => import('./commands/rules'),
  images: () => import('./commands/images'),
  bisect: () => import('./commands/bisect'),
  doctor: () => import('./commands/doctor'),
  clean: () => import('./commands/clean'),
  import: () => import('./commands/import'),
  schema: () => import('./commands/schema'),
  steps: () => import('./commands/steps'),
};

async function main(argv: string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  if (name === '' || name === 'help' || argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(HELP);
    return name === '' ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    const { toolVersion } = await import('./tool-version');
    process.stdout.write(`${toolVersion()}\n`);
    return 0;
  }
  const { processIo, tellError, exitCodeOfError } = await import('./io');
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const io = processIo();
  try {
    if (!load) {
      const { UsageError } = await import('../errors');
      throw new UsageError(`there is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')} (--help)`);
    }
    const { command } = await load();
    return await command(rest, io);
  } catch (thrown) {
    tellError(thrown, io);
    return exitCodeOfError(thrown);
  }
}

/** Whoever read the output may be gone (`| head`): the run goes on to its end, and its exit code and reports stand. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
