/** Sizes for people. */

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
