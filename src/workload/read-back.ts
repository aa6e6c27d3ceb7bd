/** What a member holds when a workload is over. */
import type { EtcdClient, RangeAnswer } from '../cluster/client';
import { EtcdSaid } from '../errors';
import type { ReadBack } from './check';
import { NOTHING, type Sight } from './history';
import { sightOf } from './requests';
import type { Workload } from './workload';

/** The deadline of one read, in milliseconds. */
const READ_MS = 5000;
/** More looks into the history than this are not worth their time. */
const MOST_LOOKS = 5000;

/**
 * Reads every key through the member itself: the first read is linearizable, so that the member has caught up with all
 * that was acknowledged; the others are at the revision of the first. Throws EtcdSaid where it does not answer.
 */
export async function readBack(
  workload: Workload,
  member: string,
  client: EtcdClient,
  signal: AbortSignal,
): Promise<ReadBack> {
  const { naming } = workload;
  const call = { timeoutMs: READ_MS, signal };
  const sights: Sight[] = Array.from({ length: naming.keys }, () => NOTHING);
  let revision: string | undefined;
  for (const group of naming.groups()) {
    const answer: RangeAnswer = await client.range({ key: group, prefix: true, revision }, call);
    revision ??= answer.revision;
    for (const found of answer.kvs) {
      const key = naming.indexOf(found.key.toString('latin1'));
      if (key !== undefined) sights[key] = sightOf(found, naming);
    }
  }
  let looks = 0;
  const lookBack = async (key: number, before: number): Promise<Sight | undefined> => {
    if (looks++ >= MOST_LOOKS) return undefined;
    try {
      const request = { key: naming.key(key), revision: String(before - 1), serializable: true };
      const { kvs } = await client.range(request, call);
      return sightOf(kvs[0], naming);
    } catch (thrown) {
      // Compacted, or the member is gone: then nothing is known of it.
      if (thrown instanceof EtcdSaid) return undefined;
      throw thrown;
    }
  };
  return { member, sights, lookBack };
}
