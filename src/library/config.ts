/** `etcd-scenarios.config.json`: the defaults of a project. The command line and the environment override them. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseDuration } from '../clock';
import { asError, ScenarioError, UsageError } from '../errors';
import { whyNotReadable } from '../plain-file';
import { parseDocument } from '../scenario/parse';
import { validate } from '../scenario/validate';
import { SourceFile } from '../source';
import { duration, objectSchema, text } from '../steps/schema';
import { REQUEST_EXPECTS, REQUEST_PATTERN } from '../version-request';

export const CONFIG_FILE = 'etcd-scenarios.config.json';

const VERSION = {
  ...text,
  pattern: REQUEST_PATTERN,
  expects: REQUEST_EXPECTS,
} as const;

/** Keys of the configuration file. */
export const CONFIG_SCHEMA = objectSchema({
  $schema: { ...text, description: 'the JSON Schema of this file, for editors' },
  etcd: {
    type: ['string', 'array'],
    items: VERSION,
    minItems: 1,
    pattern: VERSION.pattern,
    expects: VERSION.expects,
    description: 'versions of etcd for scenarios that name none: 3.5.35, 3.5, ">=3.5.21 <3.7", latest',
  },
  image: { ...text, description: 'the image, {version} is replaced: registry.example/etcd:{version}' },
  pull: {
    type: 'string',
    enum: ['missing', 'never'],
    description: 'ask registries for an image that the engine lacks, or never',
  },
  jobs: { type: 'integer', minimum: 1, description: 'run up to N cases in parallel' },
  timeouts: {
    ...objectSchema({ scenario: { ...duration, description: 'for a whole scenario that names none' } }),
    description: 'time limits',
  },
  reports: { ...text, description: 'the folder of reports and logs, relative to this file' },
  bind: { ...text, description: 'the address that ports are bound to' },
});

export interface Configuration {
  etcd?: string[];
  image?: string;
  pull?: 'missing' | 'never';
  jobs?: number;
  timeoutMs?: number;
  /** Absolute: in the file it is relative to the file. */
  reports?: string;
  bind?: string;
}

/**
 * The configuration that counts in a folder; empty where there is none. `file`, relative to the folder, takes the place of
 * the search. Throws ScenarioError, which points at the place, and UsageError for what can't be read.
 */
export function readConfiguration(folder: string, file?: string): Configuration {
  const path = file === undefined ? findConfiguration(folder) : resolve(folder, file);
  if (path === undefined) return {};
  const shownAs = file ?? relative(folder, path).split(sep).join('/');
  const source = new SourceFile(shownAs, bytesAsText(path, shownAs));
  try {
    JSON.parse(source.text);
  } catch (thrown) {
    throw new UsageError(`${shownAs} is not valid JSON: ${(thrown as Error).message}`);
  }
  const { value, problems } = validate(source, parseDocument(source), CONFIG_SCHEMA, {
    what: 'the configuration',
    lenient: false,
  });
  if (problems.length > 0) throw new ScenarioError(problems);
  const { etcd, timeouts, ...rest } = value as {
    etcd?: string | string[];
    timeouts?: { scenario?: string };
  } & Omit<Configuration, 'etcd' | 'timeoutMs'>;
  return {
    ...rest,
    ...(rest.reports === undefined ? {} : { reports: resolve(dirname(path), rest.reports) }),
    etcd: etcd === undefined ? undefined : [etcd].flat(),
    timeoutMs: parseDuration(timeouts?.scenario ?? ''),
  };
}

/**
 * The nearest configuration file in the folder and those above it, up to the root of the repository. Outside of a
 * repository only the folder counts: above it, the file may be somebody else's.
 */
function findConfiguration(folder: string): string | undefined {
  const root = ancestorWith(folder, '.git') ?? folder;
  const holder = ancestorWith(folder, CONFIG_FILE, root);
  return holder === undefined ? undefined : join(holder, CONFIG_FILE);
}

/** The folder itself, or the nearest one above it, that has this entry; none above `last` is searched. */
export function ancestorWith(folder: string, entry: string, last?: string): string | undefined {
  if (existsSync(join(folder, entry))) return folder;
  const above = dirname(folder);
  return above === folder || folder === last ? undefined : ancestorWith(above, entry, last);
}

function bytesAsText(path: string, shownAs: string): string {
  const trouble = whyNotReadable(path);
  if (trouble !== undefined) throw new UsageError(`cannot read the configuration ${shownAs}: ${trouble}`);
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UsageError(`cannot read the configuration ${shownAs}: ${asError(thrown).message}`);
  }
}
