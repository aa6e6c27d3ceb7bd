/** etcd as platforms configure it: kubeadm, K3s and RKE2, Rancher, Talos, kops, operators of etcd, Ansible roles. */
import { isFlag } from '../../cluster/flags';
import { isNullText, valueOf, type MapNode, type Node } from '../../scenario/node';
import { emptyFound, flagOfVariable, NOT_READ, versionIn, versionOfTag, word, type Found } from './found';
import { flagsIn } from './flags-in';
import { scalarText, textOf, textsOf, variablesIn } from './yaml-values';

/** What a map says of etcd in the words of a platform; undefined for any other map. */
export function fromPlatform(map: MapNode, parents: readonly string[]): Found | undefined {
  const kind = textOf(map, 'kind') ?? '';
  const api = textOf(map, 'apiVersion') ?? '';
  const spec = valueOf(map, 'spec');
  if (kind === 'EtcdCluster' && spec?.kind === 'map') return fromOperator(spec);
  if (kind === 'Etcd' && /druid/.test(api) && spec?.kind === 'map') return fromDruid(spec);
  const clusters = valueOf(map, 'etcdClusters');
  if (clusters?.kind === 'seq') return fromKops(clusters.items);
  if (map.entries.some(({ key }) => K3S_KEY.test(key.text))) return fromK3s(map);
  const etcd = valueOf(map, 'etcd');
  if (etcd?.kind !== 'map') return undefined;
  const local = valueOf(etcd, 'local');
  if (local?.kind === 'map') return fromKubeadm(local, map);
  const external = valueOf(etcd, 'external');
  if (external !== undefined && kind === 'ClusterConfiguration') return ofExternal();
  if (EXTRA_KEYS.some((key) => valueOf(etcd, key))) return fromEtcdSection(etcd, parents);
  return undefined;
}

const EXTRA_KEYS = ['extraArgs', 'extra_args', 'extraEnvs', 'extra_env', 'extraFlags'];

/** Arguments as a map, as a list of names and values, or as a list of words; with or without dashes. */
function addArguments(node: Node | undefined, found: Found): void {
  if (node === undefined) return;
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) setArgument(key.text, value, found);
    return;
  }
  const items = node.kind === 'seq' ? node.items : [node];
  for (const item of items) {
    const name = item.kind === 'map' ? textOf(item, 'name') : undefined;
    if (item.kind === 'map' && name !== undefined) {
      const value = valueOf(item, 'value');
      if (value === undefined) found.leftOut.push({ what: name, why: `${NOT_READ}: its value is somewhere else` });
      else setArgument(name, value, found);
    } else if (item.kind === 'scalar') {
      const dashed = item.text.startsWith('-') ? item.text : `--${item.text}`;
      const { flags, leftOut } = flagsIn([word(dashed)]);
      for (const one of flags) found.flags.set(...one);
      found.leftOut.push(...leftOut);
    }
  }
}

function setArgument(name: string, value: Node, found: Found): void {
  const flag = name.replace(/^-+/, '');
  const text = value.kind === 'seq' ? textsOf(value).join(',') : scalarText(value);
  if (text === undefined) found.leftOut.push({ what: flag, why: `${NOT_READ}: a nested setting` });
  else found.flags.set(flag, word(text));
}

/** Every key that was not read, as `section.key`. */
function listRest(map: MapNode, read: readonly string[], found: Found, prefix: string, why: string): void {
  for (const { key } of map.entries) {
    if (!read.includes(key.text)) found.leftOut.push({ what: `${prefix}${key.text}`, why });
  }
}

function fromKubeadm(local: MapNode, cluster: MapNode): Found {
  const found = emptyFound('a kubeadm configuration', 'etcd.local', 4);
  addArguments(valueOf(local, 'extraArgs'), found);
  for (const one of variablesIn(valueOf(local, 'extraEnvs'), found.leftOut)) found.variables.set(...one);
  found.version = versionOfTag(textOf(local, 'imageTag') ?? '');
  const kubernetes = textOf(cluster, 'kubernetesVersion');
  if (found.version === undefined && kubernetes !== undefined) {
    found.warnings.push(
      `no imageTag: kubeadm of Kubernetes ${kubernetes} chooses the version of etcd; \`kubeadm config images list\` prints it`,
    );
  }
  const read = ['extraArgs', 'extraEnvs', 'imageTag'];
  listRest(local, read, found, 'etcd.local.', `${NOT_READ}: a setting of kubeadm, not a flag`);
  return found;
}

function ofExternal(): Found {
  const found = emptyFound('a kubeadm configuration', 'etcd.external', 1);
  found.warnings.push('etcd runs outside of this cluster: import the configuration of those members');
  return found;
}

const K3S_KEY =
  /^(etcd-arg\+?|etcd-extra-env|cluster-init|etcd-expose-metrics|etcd-snapshot-\S+|etcd-s3\S*|etcd-disable-snapshots)$/;

function fromK3s(map: MapNode): Found {
  const hasArguments = map.entries.some(({ key }) => /^etcd-(arg\+?|extra-env)$/.test(key.text));
  const found = emptyFound('a K3s or RKE2 configuration', 'etcd-arg', hasArguments ? 4 : 1);
  for (const { key, value } of map.entries) {
    if (/^etcd-arg\+?$/.test(key.text)) addArguments(value, found);
    else if (key.text === 'etcd-extra-env') {
      for (const one of variablesIn(value, found.leftOut)) found.variables.set(...one);
    } else if (/^etcd-/.test(key.text)) {
      found.leftOut.push({ what: key.text, why: `${NOT_READ}: a setting of K3s or RKE2, not a flag of etcd` });
    }
  }
  const image = textOf(map, 'etcd-image');
  if (image !== undefined) found.version = versionIn(image);
  return found;
}

/** `etcd: {image, extraArgs}` of Talos, `services: {etcd: {image, extra_args, extra_env}}` of Rancher, a chart's values. */
function fromEtcdSection(etcd: MapNode, parents: readonly string[]): Found {
  const path = [...parents, 'etcd'].join('.');
  const found = emptyFound('a configuration with an etcd section', path, 4);
  for (const key of ['extraArgs', 'extra_args', 'extraFlags']) addArguments(valueOf(etcd, key), found);
  for (const key of ['extraEnvs', 'extra_env']) {
    for (const one of variablesIn(valueOf(etcd, key), found.leftOut)) found.variables.set(...one);
  }
  found.version = imageVersion(etcd);
  listRest(etcd, [...EXTRA_KEYS, 'image'], found, `${path}.`, `${NOT_READ}: a setting of the platform, not a flag`);
  return found;
}

/** The version of `image: NAME:TAG` or `image: {repository, tag}`. */
function imageVersion(map: MapNode): string | undefined {
  const image = valueOf(map, 'image');
  if (image?.kind === 'map') return versionOfTag(textOf(image, 'tag') ?? '');
  return image?.kind === 'scalar'
    ? (versionIn(image.text) ?? versionOfTag(image.text.split(':').at(-1) ?? ''))
    : undefined;
}

function fromKops(clusters: readonly Node[]): Found | undefined {
  const maps = clusters.flatMap((item) => (item.kind === 'map' ? [item] : []));
  const main = maps.find((one) => textOf(one, 'name') === 'main') ?? maps[0];
  if (!main) return undefined;
  const nameOf = (one: MapNode): string => textOf(one, 'name') ?? '?';
  const found = emptyFound('a kops cluster', `etcdClusters: ${nameOf(main)}`, 4);
  const others = maps.filter((one) => one !== main).map(nameOf);
  if (others.length > 0)
    found.warnings.push(`not read: the other etcd clusters (${others.join(', ')}); import each by itself`);
  const manager = valueOf(main, 'manager');
  if (manager?.kind === 'map') {
    for (const one of variablesIn(valueOf(manager, 'env'), found.leftOut)) found.variables.set(...one);
    listRest(manager, ['env'], found, 'manager.', `${NOT_READ}: a setting of etcd-manager`);
  }
  found.version = versionOfTag(textOf(main, 'version') ?? '') ?? imageVersion(main);
  for (const [key, flag] of [
    ['heartbeatInterval', 'heartbeat-interval'],
    ['leaderElectionTimeout', 'election-timeout'],
  ] as const) {
    const milliseconds = millisecondsOf(textOf(main, key));
    if (milliseconds !== undefined) found.settings.set(flag, word(milliseconds));
  }
  const read = ['name', 'manager', 'version', 'image', 'heartbeatInterval', 'leaderElectionTimeout'];
  listRest(main, read, found, 'etcdClusters.', `${NOT_READ}: a setting of kops`);
  return found;
}

function millisecondsOf(text: string | undefined): string | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text ?? '') ?? [];
  if (amount === undefined) return undefined;
  return String(Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000));
}

/** The etcd operators: of etcd-io (`etcdOptions`), of aenix (`options`), of CoreOS (`pod.etcdEnv`). */
function fromOperator(spec: MapNode): Found {
  const found = emptyFound('an EtcdCluster', 'spec', 4);
  addArguments(valueOf(spec, 'etcdOptions'), found);
  addArguments(valueOf(spec, 'options'), found);
  const pod = valueOf(spec, 'pod');
  if (pod?.kind === 'map')
    for (const one of variablesIn(valueOf(pod, 'etcdEnv'), found.leftOut)) found.variables.set(...one);
  found.version = versionOfTag(textOf(spec, 'version') ?? '') ?? imageVersion(spec) ?? imagesBelow(spec);
  listRest(
    spec,
    ['etcdOptions', 'options', 'pod', 'version', 'image'],
    found,
    'spec.',
    `${NOT_READ}: a setting of the operator`,
  );
  return found;
}

/** The version of an image of etcd anywhere below. */
function imagesBelow(node: Node): string | undefined {
  if (node.kind === 'scalar') return /(^|\/)etcd:/.test(node.text) ? versionIn(node.text) : undefined;
  const nodes = node.kind === 'seq' ? node.items : node.entries.map(({ value }) => value);
  for (const one of nodes) {
    const version = imagesBelow(one);
    if (version !== undefined) return version;
  }
  return undefined;
}

/** Settings of etcd-druid that are flags of etcd (its charts' etcd configuration). */
const DRUID: Readonly<Record<string, string>> = {
  quota: 'quota-backend-bytes',
  snapshotCount: 'snapshot-count',
  metrics: 'metrics',
  autoCompactionMode: 'auto-compaction-mode',
  autoCompactionRetention: 'auto-compaction-retention',
  enableGRPCGateway: 'enable-grpc-gateway',
};

function fromDruid(spec: MapNode): Found {
  const found = emptyFound('an Etcd of etcd-druid', 'spec', 4);
  for (const section of ['etcd', 'sharedConfig', 'common']) {
    const map = valueOf(spec, section);
    if (map?.kind !== 'map') continue;
    for (const { key, value } of map.entries) {
      const flag = Object.hasOwn(DRUID, key.text) ? DRUID[key.text] : undefined;
      const text = scalarText(value);
      if (flag !== undefined && text !== undefined)
        found.settings.set(flag, word(key.text === 'quota' ? bytesOf(text) : text));
      else if (key.text === 'image' && text !== undefined) found.version = versionIn(text);
      else
        found.leftOut.push({
          what: `spec.${section}.${key.text}`,
          why: `${NOT_READ}: a setting of etcd-druid, not a flag`,
        });
    }
  }
  return found;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A quantity of Kubernetes in bytes. */
function bytesOf(text: string): string {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]?i?)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return amount === '' || factor === undefined ? text : String(Number(amount) * factor);
}

/**
 * Settings in the spelling of an Ansible role (`etcd_quota_backend_bytes`) or of a Helm chart (`autoCompactionMode`);
 * undefined where none of a map's keys is one.
 */
export function fromValues(map: MapNode): Found | undefined {
  const found = emptyFound('variables of a role or a chart', 'values', 2);
  for (const { key, value } of map.entries) {
    const isRole = /^etcd_[a-z0-9_]+$/.test(key.text);
    const flag = isRole ? roleFlag(key.text) : key.text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const text = value.kind === 'seq' ? textsOf(value).join(',') : scalarText(value);
    if (/^etcd_(version|image_tag)$/.test(key.text)) found.version = versionOfTag(text ?? '');
    else if (isFlag(flag) && (isRole || flag.includes('-'))) {
      if (text !== undefined && text !== '' && !(value.kind === 'scalar' && value.plain && isNullText(text))) {
        found.settings.set(flag, word(text));
      } else
        found.leftOut.push({ what: key.text, why: text === undefined ? `${NOT_READ}: a nested setting` : 'empty' });
    } else if (value.kind === 'map' && isRole) {
      for (const one of variablesIn(value, found.leftOut)) found.variables.set(...one);
    } else if (isRole)
      found.leftOut.push({ what: key.text, why: `${NOT_READ}: a variable of the role, not a flag of etcd` });
  }
  if (found.settings.size + found.variables.size === 0) return undefined;
  found.version ??= imageVersion(map);
  return found;
}

/** Kubespray leaves `auto_` out of `etcd_compaction_retention`. */
function roleFlag(name: string): string {
  const flag = flagOfVariable(name.toUpperCase());
  return isFlag(flag) ? flag : isFlag(`auto-${flag}`) ? `auto-${flag}` : flag;
}
