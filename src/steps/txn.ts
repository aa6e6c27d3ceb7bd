import type { Comparison, TxnOperation } from '../cluster/client';
import { EtcdSaid, Unmet } from '../errors';
import { askedMember } from './ask';
import { MAY_BE_APPLIED, NO_ANSWER, outcomeNote } from './put';
import { asked, etcdctl } from './instruction';
import { WRITTEN } from './results';
import { flag, key, leaseId, single, text } from './schema';
import { defineStep, type ArgumentProblem } from './step';
import { plural } from '../plural';

const TARGETS = ['value', 'version', 'createRevision', 'modRevision', 'lease'] as const;

const CONDITIONS = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      key,
      value: { ...text, description: 'what the key holds' },
      version: { ...text, description: 'how often it was written since it was created; 0: there is none' },
      createRevision: { ...text, description: 'the revision that created it' },
      modRevision: { ...text, description: 'the revision that wrote it last' },
      lease: { ...leaseId, description: 'the lease that it hangs on' },
      is: { type: 'string', enum: ['=', '!=', '<', '>'], description: '= where nothing is said' },
    },
    required: ['key'],
    additionalProperties: false,
  },
} as const;

const KEY_ONLY = {
  type: 'object',
  properties: { key, prefix: { ...flag, description: 'all keys that begin with `key`' } },
  required: ['key'],
  additionalProperties: false,
} as const;

const OPERATIONS = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      put: {
        type: 'object',
        properties: {
          key,
          value: { ...text, description: 'what it is to hold' },
          lease: { ...leaseId, description: 'the lease that it hangs on' },
        },
        description: 'writes a key',
        required: ['key', 'value'],
        additionalProperties: false,
      },
      get: { ...KEY_ONLY, description: 'reads a key' },
      delete: { ...KEY_ONLY, description: 'deletes a key' },
    },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    expects: 'one of put, get, delete',
  },
} as const;

type Condition = { key: string; is?: '=' | '!=' | '<' | '>' } & { [target in (typeof TARGETS)[number]]?: string };

export const txn = defineStep({
  name: 'txn',
  summary: 'A transaction: if all conditions hold, `then`, else `else`.',
  example: [
    '- put: {key: foo, value: bar}',
    '- txn:',
    '    if: [{key: foo, value: bar}]',
    '    then: [{put: {key: foo, value: baz}}]',
    '    else: [{get: {key: foo}}]',
    '    succeeded: true',
  ],
  args: {
    if: { ...CONDITIONS, description: 'each compares value, version, createRevision, modRevision or lease of a key' },
    then: { ...OPERATIONS, description: 'what is done where all conditions hold' },
    else: { ...OPERATIONS, description: 'what is done otherwise' },
    succeeded: { ...flag, description: 'whether the conditions must hold' },
    to: { ...single, description: 'the member that is asked' },
  },
  result: { ...WRITTEN, succeeded: { is: 'boolean', description: 'whether the conditions held' } },
  retry: 'definite',
  timeoutMs: 10_000,
  sentence: ({ if: conditions = [], succeeded }) =>
    `transaction with ${plural(conditions.length, 'condition')}` +
    (succeeded === undefined ? '' : succeeded ? ', which hold' : ', which do not hold'),
  check: ({ if: conditions = [] }) => conditions.flatMap((condition, i) => checkCondition(condition, i)),
  runbook(args, state) {
    const target = asked(args.to, state);
    const conditions = (args.if ?? []).map((condition) => typedCondition(condition));
    const parts = [conditions, operations(args.then), operations(args.else)].map((lines) =>
      lines.map((line) => `${line}\n`).join(''),
    );
    return {
      before: target.explained,
      commands: [{ text: `${etcdctl(state, target, 'txn')} <<'EOF'\n${parts.join('\n')}\nEOF` }],
      see: args.succeeded === undefined ? [] : [`Its first line is \`${args.succeeded ? 'SUCCESS' : 'FAILURE'}\`.`],
      otherwise: NO_ANSWER,
      leavesOpen: MAY_BE_APPLIED,
    };
  },
  async run(args, context) {
    const process = await askedMember(args.to, context);
    const request = {
      compare: (args.if ?? []).map((condition) => comparisonOf(condition)),
      success: (args.then ?? []) as TxnOperation[],
      failure: (args.else ?? []) as TxnOperation[],
    };
    try {
      const { revision, succeeded } = await process.client.txn(request, context.call());
      if (args.succeeded !== undefined && args.succeeded !== succeeded) {
        throw new Unmet('the conditions turned out otherwise', [
          { subject: 'succeeded', expected: String(args.succeeded), actual: String(succeeded) },
        ]);
      }
      return { revision, outcome: 'ok', succeeded };
    } catch (thrown) {
      if (thrown instanceof EtcdSaid) context.note(outcomeNote(thrown));
      throw thrown;
    }
  },
});

const TYPED_TARGETS = { value: 'value', version: 'ver', createRevision: 'create', modRevision: 'mod', lease: 'lease' };

/** As etcdctl's txn reads it: `mod("foo") > "0"`. */
function typedCondition(condition: Condition): string {
  const { key, target, is, operand } = comparisonOf(condition);
  return `${TYPED_TARGETS[target]}(${JSON.stringify(key)}) ${is} ${JSON.stringify(operand)}`;
}

function operations(list: readonly object[] | undefined): string[] {
  return ((list ?? []) as TxnOperation[]).map((operation) => {
    if ('put' in operation) {
      const { key, value, lease } = operation.put;
      return `put ${JSON.stringify(key)} ${JSON.stringify(value)}${lease === undefined ? '' : ` --lease=${lease}`}`;
    }
    const [word, { key, prefix }] =
      'get' in operation ? (['get', operation.get] as const) : (['del', operation.delete] as const);
    return `${word} ${JSON.stringify(key)}${prefix === true ? ' --prefix' : ''}`;
  });
}

function checkCondition(condition: Condition, index: number): ArgumentProblem[] {
  const targets = TARGETS.filter((target) => condition[target] !== undefined);
  if (targets.length === 1) return [];
  return [{ pointer: `/if/${index}`, message: `a condition compares one of ${TARGETS.join(', ')}` }];
}

function comparisonOf(condition: Condition): Comparison {
  const target = TARGETS.find((name) => condition[name] !== undefined) ?? 'value';
  return { key: condition.key, target, is: condition.is ?? '=', operand: condition[target] ?? '' };
}
