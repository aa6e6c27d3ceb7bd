#!/usr/bin/env node
/** The command line: the only room that knows process, argv and exit codes. A command loads only what it needs. */
import nodeModule from 'node:module';
import { commandNamed, COMMANDS } from './commands';
import { optimiseLater } from './optimise-later';

// Node 22 and later can keep compiled code from one start to the next.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const LINGER_MS = 1000;

async function main(argv: string[]): Promise<number> {
  try {
    return await answer(argv);
  } catch (thrown) {
    const [{ processIo, tellError }, { exitCodeOfError }] = await Promise.all([import('./io'), import('../errors')]);
    tellError(thrown, processIo());
    return exitCodeOfError(thrown);
  }
}

async function answer(argv: string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  if (name === '' || name === 'help' || asksForHelp(argv)) {
    const topics = name === 'help' || isHelpOption(name) ? rest : [name];
    process.stdout.write(await help(topics.filter((word) => !isHelpOption(word))));
    return name === '' ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    const { toolVersion } = await import('./tool-version');
    process.stdout.write(`${toolVersion()}\n`);
    return 0;
  }
  const { load } = commandNamed(name) ?? (await unknown(name));
  optimiseLater(name);
  const [{ command }, { processIo }] = await Promise.all([load(), import('./io')]);
  return command(rest, processIo());
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).some(isHelpOption);
}

function isHelpOption(word: string): boolean {
  return word === '--help' || word === '-h';
}

async function help([name = '', ...more]: readonly string[]): Promise<string> {
  const { helpOf, overview } = await import('./help');
  if (name === '' || name === 'help') return overview();
  if (more.length > 0) return refuse(`help takes one COMMAND: "${more[0]}" is too much`);
  const { usage } = commandNamed(name) ?? (await unknown(name));
  return helpOf((await usage()).usage);
}

async function unknown(name: string): Promise<never> {
  const { nearest } = await import('../match');
  const names = Object.keys(COMMANDS);
  const near = nearest(name, names);
  const what = name.startsWith('-') ? `no option ${name} without a command` : `no command "${name}"`;
  const guess = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return refuse(`there is ${what}; ${guess}\n  etcd-scenarios help tells what there is`);
}

async function refuse(message: string): Promise<never> {
  const { UsageError } = await import('../errors');
  throw new UsageError(message);
}

/** Whoever read the output may be gone (`| head`): the run goes on to its end, and its exit code and reports stand. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);
/** A request that nobody waits for any more must not keep the process alive; what is written still goes out. */
function endSoon(): void {
  const isWritten = (): boolean => process.stdout.writableLength + process.stderr.writableLength === 0;
  setInterval(() => isWritten() && process.exit(), LINGER_MS).unref();
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  endSoon();
});
