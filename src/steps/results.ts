/** What steps leave under `as`, as far as several leave the same. */

/** Whom the step was about: what a selector meant when it ran. */
export const MEMBERS = { members: { is: 'names', description: 'who it was, as the selector turned out' } } as const;

export const REVISION = { is: 'number', description: 'the revision of the store after it' } as const;

/** Of a write: one that fails leaves nothing. */
export const WRITTEN = { revision: REVISION, outcome: { is: 'text', description: '`ok`' } } as const;

export const LEASE = {
  id: { is: 'text', description: 'the ID of the lease, in hex' },
  ttl: { is: 'number', description: 'its time to live as etcd granted it, in seconds' },
} as const;
