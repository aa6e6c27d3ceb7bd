/** The arguments with which a step compares, by action. */
export const COMPARED: Readonly<Record<string, readonly string[]>> = {
  get: ['value', 'absent', 'count', 'hash'],
  delete: ['count'],
  put: ['prevValue'],
  txn: ['succeeded'],
  etcdctl: ['output'],
  'snapshot-status': ['totalKeys', 'revision'],
  repeat: ['until'],
};
