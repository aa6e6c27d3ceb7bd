/** `etcd-scenarios.config.json`: what a folder always wants. The command line wins. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  $schema: text,
  etcd: { type: ['string', 'array'], items: VERSION, minItems: 1, pattern: VERSION.pattern, expects: VERSION.expects },
  image: text,
  pull: { type: 'string', enum: ['missing', 'never'] },
  jobs: { type: 'integer', minimum: 1 },
  timeouts: objectSchema({ scenario: { ...duration, description: 'for a whole scenario that names none' } }),
  reports: text,
  bind: text,
});

export interface Configuration {
  etcd?: string[];
  image?: string;
  pull?: 'missing' | 'never';
  jobs?: number;
  timeoutMs?: number;
  reports?: string;
  bind?: string;
}

/**
 * The configuration of a folder; empty where it has none. Throws ScenarioError, which points at the place, and UsageError
 * for what can't be read.
 */
export function readConfiguration(folder: string): Configuration {
  const path = join(folder, CONFIG_FILE);
  if (!existsSync(path)) return {};
  const source = new SourceFile(CONFIG_FILE, bytesAsText(path));
  try {
    JSON.parse(source.text);
  } catch (thrown) {
    throw new UsageError(`${CONFIG_FILE} is no JSON: ${(thrown as Error).message}`);
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
    etcd: etcd === undefined ? undefined : [etcd].flat(),
    timeoutMs: parseDuration(timeouts?.scenario ?? ''),
  };
}

function bytesAsText(path: string): string {
  const trouble = whyNotReadable(path);
  if (trouble !== undefined) throw new UsageError(`can't read ${path}: ${trouble}`);
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UsageError(`can't read ${path}: ${asError(thrown).message}`);
  }
}
