/** What the engine is told of a container, for a member's process and for a tool beside the members. */
import type Dockerode from 'dockerode';
import type { StartSpec, ToolRequest } from '../cluster';
import { VOLUME_PATH, etcdCommand } from '../command';
import { PORTS, hostOf, type Security } from '../security';
import type { Labels } from './labels';
import { toolEnvironment } from './tools';

/** Where a container belongs. */
export interface Place {
  name: string;
  image: string;
  labels: Labels;
  networkName: string;
  volume: string;
}

/** A member's process: its host name is its name, its ports are published one by one on `bind`. */
export function memberContainer(
  member: string,
  spec: StartSpec,
  place: Place & { bind: string; address: string | undefined; security: Security },
): Dockerode.ContainerCreateOptions {
  const ports = [PORTS.client, PORTS.metrics].map((port) => `${port}/tcp`);
  const address = place.address === undefined ? {} : { IPAMConfig: { IPv4Address: place.address } };
  return {
    ...common(member, place),
    Cmd: etcdCommand(member, spec, place.security),
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    HostConfig: {
      ...hostConfig(place),
      // Whatever the engine's default is: the log has to be readable.
      LogConfig: { Type: 'json-file', Config: {} },
      PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: place.bind, HostPort: '' }]])),
    },
    NetworkingConfig: endpoint(place, { Aliases: aliases(member, spec), ...address }),
  };
}

/** A tool that runs once. It has the member's host name: 3.3 resolves its own peer URL before it restores. */
export function toolContainer(
  { member, version, command }: Pick<ToolRequest, 'member' | 'version' | 'command'>,
  place: Place,
): Dockerode.ContainerCreateOptions {
  return {
    ...common(member, place),
    Cmd: command,
    Env: toolEnvironment(version),
    HostConfig: hostConfig(place),
    NetworkingConfig: endpoint(place, { Aliases: [member] }),
  };
}

function common(member: string, place: Place): Dockerode.ContainerCreateOptions {
  return { name: place.name, Image: place.image, Hostname: member, Labels: place.labels };
}

function hostConfig({ networkName, volume }: Place): Dockerode.HostConfig {
  return { NetworkMode: networkName, Binds: [`${volume}:${VOLUME_PATH}`] };
}

function endpoint({ networkName }: Place, config: object): Dockerode.ContainerCreateOptions['NetworkingConfig'] {
  return { EndpointsConfig: { [networkName]: config } };
}

/** The member's name, and the host of its peer URL where that is another. */
function aliases(member: string, spec: StartSpec): string[] {
  return [...new Set([member, hostOf(spec.peerURL) ?? member])];
}
