import { resolve } from 'node:path';
import { Interrupted, UsageError } from '../../errors';
import { readConfiguration } from '../../library/config';
import { listImages, loadFromFile, makeImages, saveToFile, type ListedImages } from '../../library/images';
import { DEFAULT_ETCD } from '../../library/plan';
import { parse, versionRequest, type Parsed } from '../args';
import type { Command, Io } from '../io';
import { imageOptions } from '../request';
import { onSignals } from '../signals';
import { usage } from './images.usage';

const WORDS = {
  given: 'as --image says',
  present: 'was there already',
  cache: 'from the build cache',
  pull: 'pulled',
  build: 'built here',
} as const;

export const command: Command = async (argv, io) => {
  const args = parse(argv, usage, io.env);
  if (args.options.json && !args.options.list) throw new UsageError('--json goes with --list');
  const say = (message: string): void => void io.err.write(`${message}\n`);
  const signals = onSignals(say);
  try {
    await chosen(args)(args, io, { say, signal: signals.first });
    return 0;
  } catch (thrown) {
    throw signals.first.aborted ? new Interrupted('interrupted') : thrown;
  } finally {
    signals.dispose();
  }
};

type Args = Parsed<typeof usage>;

type Act = (args: Args, io: Io, about: { say: (message: string) => void; signal: AbortSignal }) => Promise<void>;

/** Making images, unless one of the others is asked for. */
function chosen({ options }: Args): Act {
  const asked: Act[] = [
    ...(options.list ? [list] : []),
    ...(options.save === undefined ? [] : [save]),
    ...(options.load === undefined ? [] : [loadFile]),
  ];
  if (asked.length > 1) throw new UsageError('--list, --save and --load exclude each other');
  return asked[0] ?? make;
}

const save: Act = async (args, io, { say, signal }) => {
  const file = resolve(io.cwd, args.options.save ?? '');
  const options = { ...imageOptions(args.options, readConfiguration(io.cwd, args.options.config), io), say, signal };
  for (const reference of await saveToFile(requestsOf(args), file, options)) {
    io.out.write(`saved ${reference}\n`);
  }
};

const loadFile: Act = async (args, io, about) => {
  if (args.paths.length > 0)
    throw new UsageError(`--load loads all that the file holds: "${args.paths[0]}" is too much`);
  const { image } = imageOptions(args.options, readConfiguration(io.cwd, args.options.config), io);
  for (const reference of await loadFromFile(resolve(io.cwd, args.options.load ?? ''), image, about)) {
    io.out.write(`loaded ${reference}\n`);
  }
};

/** `3.5 3.6`, and `3.5,3.6` as `--etcd` has it. */
function requestsOf({ paths }: Args): string[] {
  return paths.flatMap((path) => path.split(',')).map(versionRequest);
}

async function make(
  args: Args,
  io: Io,
  { say, signal }: { say: (message: string) => void; signal: AbortSignal },
): Promise<void> {
  const configuration = readConfiguration(io.cwd, args.options.config);
  const versions = args.paths.length > 0 ? requestsOf(args) : (configuration.etcd ?? [DEFAULT_ETCD]);
  await makeImages(versions, {
    ...imageOptions(args.options, configuration, io),
    say,
    signal,
    onImage: ({ version, reference, from }) => io.out.write(`etcd ${version}: ${reference} (${WORDS[from]})\n`),
  });
}

async function list(args: Args, io: Io, about: Parameters<Act>[2]): Promise<void> {
  const listed = await listImages(requestsOf(args), {
    ...imageOptions(args.options, readConfiguration(io.cwd, args.options.config), io),
    ...about,
  });
  io.out.write(args.options.json ? `${JSON.stringify(listed, null, 2)}\n` : tableOf(listed, args.paths));
  if (!args.options.json) for (const remark of listed.remarks) io.err.write(`note: ${remark}\n`);
}

const ORIGINS = { present: 'in the engine', cache: 'in the build cache', pull: 'to pull', build: 'to build' } as const;

/** A version a line, where it is first and where it could come from as well. */
function tableOf({ versions }: ListedImages, requests: readonly string[]): string {
  const fitting = requests.length === 0 ? '' : ` that fits ${requests.join(', ')}`;
  if (versions.length === 0) return `no version of etcd${fitting} is to be had here\n`;
  const width = Math.max(...versions.map(({ version }) => version.length));
  const lines = versions.map(({ version, from }) => {
    const places = from.map(({ origin, what }) => `${ORIGINS[origin]} (${what})`);
    return `${version.padEnd(width)}  ${places.join('; ')}`;
  });
  return `${lines.join('\n')}\n`;
}
