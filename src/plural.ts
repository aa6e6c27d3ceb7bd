/** `1 key`, `3 keys`. A count may be text: 64-bit numbers are. */
export function plural(count: number | string, noun: string): string {
  return `${count} ${noun}${String(count) === '1' ? '' : 's'}`;
}
