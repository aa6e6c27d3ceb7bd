/** The command line that a member is started with. */
import { flagArguments } from './flags';
import type { StartSpec } from './cluster';
import { PORTS, url, type Security } from './security';
import { minorOf } from './version';

/** Where every member's volume is mounted. */
export const VOLUME_PATH = '/data';

/** `/data/etcd-1.etcd`: a folder of the volume, so that restoring into it finds no such folder yet. */
export function dataDirOf(member: string): string {
  return `${VOLUME_PATH}/${member}.etcd`;
}

/** `etcd --name=… …` for one member, in the spelling of its version. */
export function etcdCommand(member: string, spec: StartSpec, security: Security): string[] {
  const anyHost = (port: number): string => url(security, '0.0.0.0', port);
  return [
    'etcd',
    `--name=${member}`,
    `--data-dir=${dataDirOf(member)}`,
    `--listen-peer-urls=${anyHost(peerPortOf(spec.peerURL))}`,
    `--listen-client-urls=${anyHost(PORTS.client)}`,
    `--listen-metrics-urls=${anyHost(PORTS.metrics)}`,
    `--initial-advertise-peer-urls=${spec.peerURL}`,
    `--advertise-client-urls=${url(security, member, PORTS.client)}`,
    `--initial-cluster=${clusterList(spec.initialCluster)}`,
    `--initial-cluster-state=${spec.initialClusterState}`,
    ...(spec.initialClusterToken === undefined ? [] : [`--initial-cluster-token=${spec.initialClusterToken}`]),
    ...(spec.forceNewCluster ? ['--force-new-cluster'] : []),
    ...loggerArguments(spec),
    ...flagArguments(spec.version, spec.flags),
  ];
}

/**
 * The same for an operator: what the runner needs for itself left out, and etcd's own defaults for the data directory
 * (`etcd-1.etcd` where it is started) and the state. Written as the document "etcd clustering step by step" has it.
 */
export function etcdWords(member: string, spec: StartSpec, security: Security): string[] {
  const anyHost = (port: number): string => url(security, '0.0.0.0', port);
  return [
    `etcd --name=${member}`,
    `--listen-peer-urls ${anyHost(peerPortOf(spec.peerURL))}`,
    `--listen-client-urls ${anyHost(PORTS.client)}`,
    `--initial-cluster ${clusterList(spec.initialCluster)}`,
    `--initial-advertise-peer-urls ${spec.peerURL}`,
    `--advertise-client-urls ${url(security, member, PORTS.client)}`,
    ...(spec.initialClusterState === 'existing' ? ['--initial-cluster-state existing'] : []),
    ...(spec.initialClusterToken === undefined ? [] : [`--initial-cluster-token ${spec.initialClusterToken}`]),
    ...(spec.forceNewCluster ? ['--force-new-cluster'] : []),
    ...flagArguments(spec.version, spec.flags),
  ];
}

/** `etcd-1=http://etcd-1:2380,…`, as --initial-cluster takes it. */
export function clusterList(entries: readonly { name: string; peerURL: string }[]): string {
  return entries.map(({ name, peerURL }) => `${name}=${peerURL}`).join(',');
}

/** Peers reach a member at the port of its peer URL. What is no URL is left to etcd, which says so. */
function peerPortOf(peerURL: string): number {
  return Number((URL.canParse(peerURL) && new URL(peerURL).port) || PORTS.peer);
}

/** 3.4 logs in the old format unless told otherwise; 3.3 has no other, 3.5 and later no other than zap's. */
function loggerArguments(spec: StartSpec): string[] {
  return minorOf(spec.version) === '3.4' && spec.flags['logger'] === undefined ? ['--logger=zap'] : [];
}
