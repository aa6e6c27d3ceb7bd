/** What names a case on every machine: path, combination of the matrix, etcd version. */
import { createHash } from 'node:crypto';
import type { Scenario } from '../scenario/scenario';

/** Of a longer value its beginning stands in the id, and a hash of all of it. */
const LONGEST_VALUE = 60;
const KEPT_OF_A_LONGER_ONE = 40;

/** `drills/a.yaml[from=3.5.16,to=3.6.16]@3.5.35`, with `#2` for the second round. */
export function caseId(scenario: Pick<Scenario, 'source' | 'matrix'>, version: string, round: number): string {
  const values = Object.entries(scenario.matrix).map(([name, value]) => `${name}=${safe(value)}`);
  const combination = values.length === 0 ? '' : `[${values.join(',')}]`;
  return `${scenario.source.idPath}${combination}@${version}${round === 1 ? '' : `#${round}`}`;
}

/** Different for different values, and without what separates the parts of an id. */
function safe(value: string): string {
  if (value.length <= LONGEST_VALUE) return encoded(value);
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 8);
  return `${encoded(value.slice(0, KEPT_OF_A_LONGER_ONE))}~${hash}`;
}

function encoded(value: string): string {
  return value.replace(/[^A-Za-z0-9._:/+-]/gu, (char) => Buffer.from(char).toString('hex').replace(/../g, '%$&'));
}
