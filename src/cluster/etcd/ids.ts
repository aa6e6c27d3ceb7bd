/** etcd prints IDs in hex, gRPC carries them as decimal text here: the only place where one becomes the other. */

/** `a3959071884acd0c` of `11787312829029338380`; exact, as etcdctl prints it. */
export function toHex(decimal: string): string {
  return decimal === '0' ? decimal : BigInt(decimal).toString(16);
}

/** `11787312829029338380` of `a3959071884acd0c`. */
export function toDecimal(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}

/** The key after the last one with this prefix, as etcd's range end; a zero byte where there is none. */
export function prefixEnd(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    const byte = end[i] ?? 0;
    if (byte < 0xff) {
      end[i] = byte + 1;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.from([0]);
}
