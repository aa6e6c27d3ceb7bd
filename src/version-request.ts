/** Which etcd versions a person asks for: `3.5.35`, the line `3.5`, the range `>=3.5.21 <3.7`, `latest`. */
import { compareVersions, isFullVersion, minorOf, parseRange } from './version';

/** As it may be written, for schemas. */
export const REQUEST_PATTERN =
  '^\\s*(latest|\\d+\\.\\d+(\\.\\d+(-[\\w.]+)?)?|(\\s*(>=|<=|>|<|=)\\s*\\d+(\\.\\d+){0,2})+)\\s*$';

export const REQUEST_EXPECTS =
  'an etcd version such as 3.5.35, a line such as 3.5, a range such as ">=3.5.21 <3.7", or latest';

/** True where the text is one of the ways to ask for versions. */
export function isVersionRequest(text: string): boolean {
  return new RegExp(REQUEST_PATTERN).test(text);
}

/** True where every request is a full version: then nothing has to be looked up. */
export function needsNoLookup(requests: readonly string[]): boolean {
  return requests.every((request) => isFullVersion(request.trim()));
}

/**
 * The versions that a request means among those that there are: a full version itself, the newest of a line, the newest
 * of all for `latest`, every one for a range, oldest first. Empty where none fits; no pre-release unless it is named.
 */
export function versionsMeant(request: string, available: readonly string[]): string[] {
  const text = request.trim();
  if (isFullVersion(text)) return [text];
  const inOrder = available.filter((version) => !version.includes('-')).toSorted(compareVersions);
  if (text === 'latest') return inOrder.slice(-1);
  if (/^\d+\.\d+$/.test(text)) return inOrder.filter((version) => minorOf(version) === text).slice(-1);
  const holds = parseRange(text);
  return holds ? inOrder.filter(holds) : [];
}
