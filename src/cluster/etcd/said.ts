/** gRPC's and etcd3's errors as what etcd said, and whether the request may have been applied all the same. */
import { formatDeadline } from '../../clock';
import { EtcdSaid, asError } from '../../errors';
import { normalise } from '../../match';

/** Codes with which etcd answers before it proposes anything (etcd-facts.md 3.1 and 5). */
const DEFINITE_CODES = new Set([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'UNAUTHENTICATED',
]);

/** Texts that are definite whatever code they came with (jepsen-io/etcd client.clj; measured for learners on 3.4, 3.5). */
const DEFINITE_TEXTS = [
  'unhealthy cluster',
  'not enough started members',
  'too many requests',
  'raft: stopped',
  'rpc not supported for learner',
  'can only promote a learner member',
  'too many learner members',
  'econnrefused',
];

/**
 * The error of one call as EtcdSaid. When our own deadline ended the call the text is always `deadline exceeded after
 * 3 s`: gRPC has three wordings for it (measured: 4, 2 and 1), etcd's own answer is kept where it came before.
 */
export function toEtcdSaid(thrown: unknown, by: string, timeoutMs: number, elapsedMs: number): EtcdSaid {
  const message = asError(thrown).message;
  const [, code = '', details = message] = /^\d+ ([A-Z_]+): ([\s\S]*)$/.exec(message) ?? [];
  if (isOwnDeadline(code, details) && elapsedMs >= timeoutMs - 50) {
    return new EtcdSaid(`deadline exceeded after ${formatDeadline(timeoutMs)}`, 'unknown', by);
  }
  const text = normalise(details);
  const definite = DEFINITE_CODES.has(code) || DEFINITE_TEXTS.some((known) => text.includes(known));
  return new EtcdSaid(details, definite ? 'failed' : 'unknown', by);
}

function isOwnDeadline(code: string, details: string): boolean {
  return code === 'DEADLINE_EXCEEDED' || code === 'CANCELLED' || normalise(details).includes('deadline exceeded');
}
