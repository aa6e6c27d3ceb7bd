import { hostOf } from '../cluster/security';
import type { ArgumentProblem } from './step';

/** A `peerURL` that is none would be found only by etcd, in words of its own. */
export function checkPeerURL(peerURL: string | undefined): ArgumentProblem[] {
  if (peerURL === undefined || hostOf(peerURL) !== undefined) return [];
  return [{ pointer: '/peerURL', message: `"${peerURL}" is no URL`, hint: 'a peer URL is like http://etcd-1:2380' }];
}
