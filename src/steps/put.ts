import { randomBytes } from 'node:crypto';
import { bytesOf } from '../bytes';
import { EtcdSaid, Unmet } from '../errors';
import { askedMember } from './ask';
import { asked, etcdctl, quote } from './instruction';
import type { Secrecy } from './secrecy';
import { WRITTEN } from './results';
import { key, leaseId, single, text } from './schema';
import { defineStep } from './step';
import { shown } from './words';

export const put = defineStep({
  name: 'put',
  summary: 'Writes a key. The outcome is ok, failed or unknown (it may have been applied); the report says which.',
  example: ['- put: {key: foo, value: bar}', '- put: {key: large, size: 200KiB, to: leader}'],
  args: {
    key,
    value: { ...text, description: 'what it is to hold' },
    size: {
      type: 'string',
      pattern: '^\\d+(B|KiB|MiB)$',
      expects: 'a size such as 200KiB',
      description: 'that many random bytes in place of `value`',
    },
    to: { ...single, description: 'the member that is asked' },
    lease: { ...leaseId, description: 'the lease that the key hangs on: ${results.NAME.id}' },
    prevValue: { ...text, description: 'what the key must have held before' },
  },
  required: ['key'],
  result: WRITTEN,
  retry: 'always',
  timeoutMs: 10_000,
  sentence: ({ key, value, size, to }) =>
    `put ${key} = ${value === undefined ? size : shown(value, 60)}${to === undefined ? '' : ` to ${String(to)}`}`,
  check: ({ value, size }) =>
    (value === undefined) === (size === undefined)
      ? [{ pointer: '', message: '`put` takes either a `value` or a `size`' }]
      : [],
  runbook({ key, value, size, to, lease, prevValue }, state) {
    const target = asked(to, state);
    const flags = [
      ...(lease === undefined ? [] : [`--lease=${quote(lease)}`]),
      ...(prevValue === undefined ? [] : ['--prev-kv']),
    ];
    const put = etcdctl(state, target, 'put', quote(key), ...(value === undefined ? [] : [quote(value)]), ...flags);
    return {
      before: target.explained,
      commands: [{ text: value === undefined ? `head -c ${bytesOf(size ?? '0B')} /dev/urandom | ${put}` : put }],
      see: [
        prevValue === undefined
          ? 'It prints `OK`.'
          : `It prints \`OK\` and what the key held before: \`${prevValue}\`.`,
      ],
      otherwise: NO_ANSWER,
      leavesOpen: MAY_BE_APPLIED,
    };
  },
  async run({ key, value, size, to, lease, prevValue }, context) {
    const process = await askedMember(to, context);
    const bytes = value ?? randomBytes(bytesOf(size ?? '0B'));
    try {
      const answer = await process.client.put(
        { key, value: bytes, lease, prevKv: prevValue !== undefined },
        context.call(),
      );
      if (prevValue !== undefined) comparePrevious(key, prevValue, answer.previous?.value, context.secrecy);
      return { revision: answer.revision, outcome: 'ok' };
    } catch (thrown) {
      if (thrown instanceof EtcdSaid) context.note(outcomeNote(thrown));
      throw thrown;
    }
  },
});

/** For the runbook, where a write is not answered. */
export const NO_ANSWER =
  '`context deadline exceeded` or `request timed out` means that there is no quorum, or no leader yet. The write may have been applied all the same: read before you repeat it.';

/** For the runbook, where a write is expected to fail. */
export const MAY_BE_APPLIED =
  'A request that times out, or that is cut off, may have been applied all the same: read before you repeat it.';

/** What a failed write leaves open. */
export function outcomeNote(said: EtcdSaid): string {
  return said.outcome === 'unknown' ? 'outcome unknown: it may have been applied all the same' : 'outcome: not applied';
}

function comparePrevious(key: string, expected: string, actual: Buffer | undefined, secrecy: Secrecy): void {
  if (actual?.equals(Buffer.from(expected))) return;
  throw new Unmet(`"${key}" held something else before`, [
    {
      subject: `previous value of "${key}"`,
      expected: secrecy.shown(expected),
      actual: actual ? secrecy.shown(actual) : 'no such key',
    },
  ]);
}
