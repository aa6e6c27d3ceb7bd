/** IDs as people write them: up to 16 hex digits, or 17 to 20 decimal ones. */

/** The ID as etcdctl prints it: hex without leading zeros. What is no ID stays as it is. */
export function hexId(id: string): string {
  if (!/^[0-9a-f]+$/i.test(id)) return id;
  if (/^\d{17,20}$/.test(id)) return BigInt(id).toString(16);
  return id.toLowerCase().replace(/^0+(?=.)/, '');
}
