/** Where a case's files go. The name depends on the case id alone, so everyone who asks gets the same one. */
import { createHash } from 'node:crypto';

const LONGEST_SLUG = 80;
/** Windows keeps these for itself, whatever follows the first dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * A folder name that any file system takes: readable, and by its last eight characters, a hash of the whole id, different
 * for ids that differ only in case or in characters that had to go.
 */
export function folderName(caseId: string): string {
  return `${slug(caseId)}-${hash(caseId)}`;
}

/** The folder of all logs in a run's reports folder. */
export const LOGS = 'logs';

/** True for a name as `folderName` makes them. */
export function isCaseFolder(name: string): boolean {
  return /-[0-9a-f]{8}$/.test(name);
}

/** The case's folder, relative to the run's reports folder, with `/`. */
export function caseLogs(caseId: string): string {
  return `${LOGS}/${folderName(caseId)}`;
}

/** The log of one process of a member, relative to the run's reports folder, with `/`. */
export function logFile(caseId: string, member: string, incarnation: number): string {
  const plain = slug(member);
  const name = plain === member && plain === plain.toLowerCase() ? plain : `${plain}-${hash(member)}`;
  return `${caseLogs(caseId)}/${name}-${Math.trunc(incarnation)}.log`;
}

/** A file that a step writes beside the logs, relative to the run's reports folder, with `/`; `round` counts from 1. */
export function recordFile(caseId: string, stepId: string, round: number, name: string): string {
  return `${caseLogs(caseId)}/step-${slug(stepId)}${round === 1 ? '' : `-${round}`}-${slug(name)}`;
}

function slug(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9._@-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/-*\.?-+\.?-*/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  const half = Math.floor(LONGEST_SLUG / 2);
  const short = plain.length > LONGEST_SLUG ? `${plain.slice(0, half - 1)}_${plain.slice(-half)}` : plain;
  return (short || 'case').replace(RESERVED, '_$1');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
