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
  const list = spec.initialCluster.map(({ name, peerURL }) => `${name}=${peerURL}`).join(',');
  return [
    'etcd',
    `--name=${member}`,
    `--data-dir=${dataDirOf(member)}`,
    `--listen-peer-urls=${anyHost(peerPortOf(spec.peerURL))}`,
    `--listen-client-urls=${anyHost(PORTS.client)}`,
    `--listen-metrics-urls=${anyHost(PORTS.metrics)}`,
    `--initial-advertise-peer-urls=${spec.peerURL}`,
    `--advertise-client-urls=${url(security, member, PORTS.client)}`,
    `--initial-cluster=${list}`,
    `--initial-cluster-state=${spec.initialClusterState}`,
    ...(spec.initialClusterToken === undefined ? [] : [`--initial-cluster-token=${spec.initialClusterToken}`]),
    ...(spec.forceNewCluster ? ['--force-new-cluster'] : []),
    ...loggerArguments(spec),
    ...flagArguments(spec.version, spec.flags),
  ];
}

/** Peers reach a member at the port of its peer URL. What is no URL is left to etcd, which says so. */
function peerPortOf(peerURL: string): number {
  return Number((URL.canParse(peerURL) && new URL(peerURL).port) || PORTS.peer);
}

/** 3.4 logs in the old format unless told otherwise; 3.3 has no other, 3.5 and later no other than zap's. */
function loggerArguments(spec: StartSpec): string[] {
  return minorOf(spec.version) === '3.4' && spec.flags['logger'] === undefined ? ['--logger=zap'] : [];
}
