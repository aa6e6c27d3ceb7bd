import { EtcdSaid, Unmet } from '../errors';
import { askedMember } from './ask';
import { asked, etcdctl, quote } from './instruction';
import { MAY_BE_APPLIED, NO_ANSWER, outcomeNote } from './put';
import { WRITTEN } from './results';
import { count, flag, key, single } from './schema';
import { defineStep } from './step';

export const remove = defineStep({
  name: 'delete',
  summary: 'Deletes a key, or all keys with a prefix.',
  example: ['- put: {key: jobs/1, value: a}', '- delete: {key: jobs/, prefix: true, count: 1}'],
  main: 'key',
  args: {
    key,
    prefix: { ...flag, description: 'all keys that begin with `key`' },
    to: { ...single, description: 'the member that is asked' },
    count: { ...count, description: 'how many keys must have been deleted' },
  },
  required: ['key'],
  result: WRITTEN,
  retry: 'always',
  timeoutMs: 10_000,
  sentence: ({ key, prefix }) => `delete ${key}${prefix ? '…' : ''}`,
  runbook({ key, prefix, to, count: wanted }, state) {
    const target = asked(to, state);
    return {
      before: target.explained,
      commands: [{ text: etcdctl(state, target, 'del', quote(key), ...(prefix ? ['--prefix'] : [])) }],
      see: [`It prints how many keys it deleted${wanted === undefined ? '' : `: ${wanted}`}.`],
      otherwise: NO_ANSWER,
      leavesOpen: MAY_BE_APPLIED,
    };
  },
  async run({ key, prefix, to, count: wanted }, context) {
    const process = await askedMember(to, context);
    try {
      const answer = await process.client.deleteRange({ key, prefix }, context.call());
      if (wanted !== undefined && answer.deleted !== String(wanted)) {
        throw new Unmet(`another number of keys was deleted`, [
          { subject: `keys deleted at "${key}"`, expected: String(wanted), actual: answer.deleted },
        ]);
      }
      return { revision: answer.revision, outcome: 'ok' };
    } catch (thrown) {
      if (thrown instanceof EtcdSaid) context.note(outcomeNote(thrown));
      throw thrown;
    }
  },
});
