/** Small words for sentences. */
import { plural } from '../plural';

/** `etcd-1, etcd-2`; a selector as it is. */
export function list(names: string | readonly string[]): string {
  return typeof names === 'string' ? names : names.join(', ');
}

/** A value for people: as text in quotes, or as bytes where it is none. */
export function shown(value: Buffer | string, longest = 200): string {
  const text = typeof value === 'string' ? value : value.toString('utf8');
  if (typeof value !== 'string' && !Buffer.from(text, 'utf8').equals(value)) {
    return `${plural(value.length, 'byte')} 0x${value.subarray(0, 32).toString('hex')}${value.length > 32 ? '…' : ''}`;
  }
  return text.length > longest ? `"${text.slice(0, longest)}…" (${plural(text.length, 'character')})` : `"${text}"`;
}
