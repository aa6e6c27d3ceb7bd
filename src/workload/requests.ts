/** What the clients of a workload ask for: made once for each key, sent thousands of times. */
import type { Call, EtcdClient, KeyValue, RangeAnswer, TxnAnswer } from '../cluster/client';
import { NOTHING, type Kind, type Sight } from './history';
import type { Naming } from './naming';

/** One request, as often as it is sent. */
export interface Request<Answer> {
  kind: Kind;
  /** The indices of the keys that it is about, and their names. */
  keys: readonly number[];
  names: readonly string[];
  send(client: EtcdClient, operation: number): Promise<Answer>;
  /** What the answer says of each key: before a write, or when it was read. */
  saw(answer: Answer): Sight[];
}

export class Requests {
  constructor(
    private readonly naming: Naming,
    private readonly call: Call,
  ) {}

  put(index: number): Request<{ revision: string; previous?: KeyValue }> {
    const key = this.naming.key(index);
    return {
      kind: 'put',
      keys: [index],
      names: [key],
      send: (client, operation) => client.put({ key, value: this.naming.value(operation), prevKv: true }, this.call),
      saw: ({ previous }) => [sightOf(previous, this.naming)],
    };
  }

  /** All of the keys at one revision. */
  txn(keys: readonly number[]): Request<TxnAnswer> {
    const names = keys.map((key) => this.naming.key(key));
    return {
      kind: 'txn',
      keys,
      names,
      send: (client, operation) => {
        const value = this.naming.value(operation);
        const success = names.map((key) => ({ put: { key, value, prevKv: true } }));
        return client.txn({ compare: [], success, failure: [] }, this.call);
      },
      saw: ({ previous }) => keys.map((_, i) => sightOf(previous[i], this.naming)),
    };
  }

  /** Linearizable. */
  read(index: number): Request<RangeAnswer> {
    const key = this.naming.key(index);
    return {
      kind: 'read',
      keys: [index],
      names: [key],
      send: (client) => client.range({ key }, this.call),
      saw: ({ kvs }) => [sightOf(kvs[0], this.naming)],
    };
  }
}

/** What a key holds, as the history has it. */
export function sightOf(found: KeyValue | undefined, naming: Naming): Sight {
  if (!found) return NOTHING;
  const operation = naming.operationOf(found.value);
  return { operation, revision: Number(found.modRevision), version: Number(found.version) };
}
