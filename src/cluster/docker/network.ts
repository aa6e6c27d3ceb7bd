/** A scenario's own network; with a pinned subnet where members need addresses that we choose. */
import type Dockerode from 'dockerode';
import { EnvironmentError, asError } from '../../errors';
import { engineCall, engineTrouble } from './engine';
import type { Labels } from './labels';

export interface ScenarioNetwork {
  readonly id: string;
  readonly name: string;
  /** An address that nobody here has had yet; undefined where the engine chooses addresses. */
  nextAddress(): string | undefined;
}

/** Tries to pin a subnet before giving up: another run may take it between our two calls. */
const PIN_TRIES = 5;

/**
 * Makes the network. A static address needs a subnet that was configured, and a range of our own choice could hit
 * somebody's VPN: so the engine chooses one, we read it, and ask for the same again.
 */
export async function createNetwork(
  docker: Dockerode,
  options: { name: string; labels: Labels; pinned: boolean },
): Promise<ScenarioNetwork> {
  const { name, labels } = options;
  if (!options.pinned) {
    const network = await engineCall('create a network', () => docker.createNetwork({ Name: name, Labels: labels }));
    return { id: network.id, name, nextAddress: () => undefined };
  }
  for (let attempt = 1; attempt <= PIN_TRIES; attempt++) {
    const subnet = await engineSubnet(docker, name, labels);
    const network = await createPinned(docker, name, labels, subnet);
    if (network) return { id: network.id, name, nextAddress: addresses(subnet) };
  }
  throw new EnvironmentError(`no subnet could be pinned in ${PIN_TRIES} tries: other networks took it each time`);
}

/** A subnet that the engine holds for free now. */
async function engineSubnet(docker: Dockerode, name: string, labels: Labels): Promise<string> {
  return engineCall('find a free subnet', async () => {
    const probe = await docker.createNetwork({ Name: name, Labels: labels });
    try {
      const info = (await probe.inspect()) as { IPAM?: { Config?: { Subnet?: string }[] } };
      const subnet = info.IPAM?.Config?.find((config) => config.Subnet?.includes('.'))?.Subnet;
      if (!subnet) throw new Error('the engine names no IPv4 subnet of its network');
      return subnet;
    } finally {
      await probe.remove();
    }
  });
}

async function createPinned(
  docker: Dockerode,
  name: string,
  labels: Labels,
  subnet: string,
): Promise<Dockerode.Network | undefined> {
  try {
    return await docker.createNetwork({ Name: name, Labels: labels, IPAM: { Config: [{ Subnet: subnet }] } });
  } catch (thrown) {
    if (/overlap/i.test(asError(thrown).message)) return undefined;
    throw engineTrouble('create a network with a pinned subnet', thrown);
  }
}

/** Addresses of the subnet one after the other, from its tenth on: the gateway has the first. */
function addresses(subnet: string): () => string {
  const [base = '', bits = '24'] = subnet.split('/');
  const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  let offset = 9;
  return () => {
    offset += 1;
    if (offset >= size - 1) throw new EnvironmentError(`the subnet ${subnet} has no address left`);
    return [24, 16, 8, 0].map((shift) => Math.floor((first + offset) / 2 ** shift) % 256).join('.');
  };
}
