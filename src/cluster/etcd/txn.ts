/** Comparisons and operations of a transaction as etcd's protocol has them. */
import type { Comparison, TxnOperation } from '../client';
import { prefixEnd, toDecimal } from './ids';

const RESULTS = { '=': 0, '>': 1, '<': 2, '!=': 3 } as const;

export function compareOf({ key, target, is, operand }: Comparison): never {
  const compare = { key: Buffer.from(key), result: RESULTS[is] };
  switch (target) {
    case 'version':
      return { ...compare, target: 0, version: operand } as never;
    case 'createRevision':
      return { ...compare, target: 1, create_revision: operand } as never;
    case 'modRevision':
      return { ...compare, target: 2, mod_revision: operand } as never;
    case 'value':
      return { ...compare, target: 3, value: Buffer.from(operand) } as never;
    case 'lease':
      return { ...compare, target: 4, lease: toDecimal(operand) } as never;
  }
}

export function operationOf(operation: TxnOperation): never {
  if ('put' in operation) {
    const { key, value, lease, prevKv: prev_kv = false } = operation.put;
    return {
      request_put: { key: Buffer.from(key), value: Buffer.from(value), lease: lease ? toDecimal(lease) : '0', prev_kv },
    } as never;
  }
  const { key, prefix } = 'get' in operation ? operation.get : operation.delete;
  const range = { key: Buffer.from(key), ...(prefix ? { range_end: prefixEnd(Buffer.from(key)) } : {}) };
  return ('get' in operation ? { request_range: range } : { request_delete_range: range }) as never;
}
