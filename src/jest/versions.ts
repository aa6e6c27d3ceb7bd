/** Lines and ranges (`3.5`, `>=3.5.21 <3.7`) as versions: jest wants its tests at once, and looking up takes a moment. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { UsageError } from '../errors';
import type { RequestedVersions } from '../library/versions';
import { needsNoLookup } from '../version-request';
import type { Found, Lookup } from './protocol';

const LOOKUP_MS = 60_000;

/** Waits for a process of its own that looks up what there is. Throws UsageError where nothing fits, or no engine answers. */
export function versionsMeant({ etcd, defaultEtcd, images }: Lookup): RequestedVersions {
  if (needsNoLookup(etcd ?? defaultEtcd ?? [])) return { etcd, defaultEtcd };
  const { stdout, stderr, error } = spawnSync(process.execPath, [join(__dirname, 'look-up.js')], {
    input: JSON.stringify({ etcd, defaultEtcd, images } satisfies Lookup),
    encoding: 'utf8',
    timeout: LOOKUP_MS,
  });
  if (error || stdout === '') {
    throw new UsageError(`the versions could not be looked up: ${error?.message ?? stderr.trim()}`);
  }
  const found = JSON.parse(stdout) as Found;
  if ('refused' in found) throw new UsageError(found.refused);
  return found;
}
