/** Which snapshot is meant: one that a step took, or a file from outside. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import { asError, EnvironmentError, Unmet } from '../errors';
import type { StepContext } from './context';
import type { DrillState } from './drill-state';
import { text } from './schema';

const NAME_PATTERN = '^[\\w][\\w.-]{0,63}$';

/** A snapshot's name becomes a file name. */
export const SNAPSHOT_NAME = {
  ...text,
  pattern: NAME_PATTERN,
  expects: 'a name of letters, digits, dots, dashes and underscores',
} as const;

/** The name of a snapshot that was taken, or a file. The loader makes the file's path absolute. */
export const SNAPSHOT_SOURCE = {
  type: ['string', 'object'],
  pattern: NAME_PATTERN,
  properties: { file: { ...text, minLength: 1, path: true, description: 'its path, relative to the drill' } },
  required: ['file'],
  additionalProperties: false,
  expects: 'the name of a snapshot, or {file: ./backup.db}',
  description: 'the name that it was saved under; {file: ./backup.db} for one from outside, which is only read',
} as const;

export type SnapshotSource = string | { readonly file: string };

/** `the snapshot before`, `backup.db`. */
export function snapshotWords(from: SnapshotSource): string {
  return typeof from === 'string' ? `the snapshot ${from}` : basename(from.file);
}

/** What the file is called where an operator has it: `backup.db`. */
export function snapshotFileName(from: SnapshotSource): string {
  return typeof from === 'string' ? `${from}.db` : basename(from.file);
}

/** Reports a snapshot that no step before this one takes. */
export function requireSnapshot(from: SnapshotSource, state: DrillState): void {
  if (typeof from !== 'string' || state.hasSnapshot(from)) return;
  state.problem('unknown-snapshot', '/snapshot', `no step before this one takes a snapshot "${from}"`);
}

/** Where a tool's container finds the snapshot. */
const IN_TOOL = '/etcd-scenarios/snapshot.db';

/**
 * Hands out the snapshot as a file of the scenario's own. One from outside is copied (readable by its owner alone, in
 * the scenario's folder) and the copy is removed afterwards; the file itself is opened for reading and nothing else.
 */
export async function withSnapshot<T>(
  from: SnapshotSource,
  context: StepContext,
  use: (file: { from: string; path: string }) => Promise<T>,
): Promise<T> {
  if (typeof from === 'string') return use({ from: await takenSnapshot(from, context), path: IN_TOOL });
  const copy = context.cluster.filePath(`outside-${randomUUID()}.db`);
  try {
    await copyOf(from.file, copy, context);
    return await use({ from: copy, path: IN_TOOL });
  } finally {
    await rm(copy, { force: true });
  }
}

async function takenSnapshot(name: string, context: StepContext): Promise<string> {
  const path = context.cluster.filePath(`${name}.db`);
  await stat(path).catch(() => {
    throw new Unmet(`there is no snapshot "${name}"; \`snapshot: ${name}\` takes one`);
  });
  return path;
}

async function copyOf(file: string, to: string, { signal }: StepContext): Promise<void> {
  try {
    await pipeline(createReadStream(file), createWriteStream(to, { flags: 'wx', mode: 0o600 }), { signal });
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new EnvironmentError(`can't copy ${file}: ${asError(thrown).message}`, undefined, { cause: thrown });
  }
}
