/** Sizes as people write and read them. */

/** `200KiB`, `1MiB`, `16B`. */
export const SIZE_PATTERN = '^(\\d+)(B|KiB|MiB)$';
const SIZE = new RegExp(SIZE_PATTERN);
const UNIT_BYTES: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 * 1024 };

/** How many bytes a size of that pattern is. */
export function bytesOf(size: string): number {
  const [, amount = '0', unit = 'B'] = SIZE.exec(size) ?? [];
  return Number(amount) * (UNIT_BYTES[unit] ?? 1);
}

/** `512 bytes`, `3.1 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 'bytes';
  for (const next of units) {
    if (size < 1024) break;
    size /= 1024;
    unit = next;
  }
  return unit === 'bytes' ? `${bytes} ${unit}` : `${Number(size.toFixed(1))} ${unit}`;
}
