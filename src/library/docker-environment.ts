/** Docker behind the interfaces of the engine room. */
import { isIP } from 'node:net';
import { DockerCluster } from '../cluster/docker/cluster';
import type { Engine } from '../cluster/docker/engine';
import { ensureImage, type ImageOptions, type ImageRef } from '../cluster/docker/images';
import { EnvironmentError, UsageError } from '../errors';
import type { EventBody } from '../events';
import type { CaseCluster, Environment } from '../run/environment';

export interface DockerEnvironmentOptions {
  engine: Engine;
  run: string;
  bind: string;
  keep: boolean;
  images: ImageOptions;
  emit: (body: EventBody) => void;
  logFileOf: (caseId: string, member: string, incarnation: number) => string | undefined;
}

/** Clusters on this engine; each image is made available once. */
export function dockerEnvironment(options: DockerEnvironmentOptions): Environment {
  const { engine, emit } = options;
  const images = new Map<string, Promise<ImageRef>>();
  const references = new Map<string, string>();
  return {
    async prepare(version, signal) {
      const known = images.get(version);
      if (known) return void (await known);
      const progress = (message: string): void => emit({ type: 'progress', message });
      const made = ensureImage(engine.docker, version, options.images, progress, signal);
      images.set(version, made);
      const { reference, from } = await made;
      references.set(version, reference);
      emit({ type: 'image', version, reference, from });
    },
    createCluster(planned, hooks): CaseCluster {
      const caseId = planned.ref.id;
      return new DockerCluster({
        docker: engine.docker,
        engineIsLocal: engine.local,
        run: options.run,
        caseId,
        caseNumber: planned.number,
        members: planned.scenario.members,
        security: planned.security,
        bind: options.bind,
        reachedAt: reachedAt(engine, options.bind),
        keep: options.keep,
        pinnedAddresses: planned.needs.has('pinned-addresses'),
        imageOf: (version) => {
          const reference = references.get(version);
          if (reference === undefined) throw new EnvironmentError(`no image of etcd ${version} was made available`);
          return reference;
        },
        logFileOf: (member, incarnation) => options.logFileOf(caseId, member, incarnation),
        ...hooks,
      });
    },
  };
}

const EVERY_ADDRESS = '0.0.0.0';

/** The address that ports are bound to. Throws UsageError for what is no address, EnvironmentError where 127.0.0.1 would not reach the engine. */
export function bindAddress(engine: Engine, asked: string | undefined): string {
  if (asked !== undefined && isIP(asked) === 0) {
    throw new UsageError(`ports can be bound to an IP address alone, such as 127.0.0.1: --bind (bind) is "${asked}"`);
  }
  if (asked !== undefined) return asked;
  if (engine.local) return '127.0.0.1';
  throw new EnvironmentError(
    `the Docker engine is on another machine (${engine.host}), where ports on 127.0.0.1 can't be reached from here`,
    `say which of its addresses ports may be bound to: --bind ADDRESS (0.0.0.0 is all of them: members let in everybody)`,
  );
}

function reachedAt(engine: Engine, bind: string): string {
  if (bind !== EVERY_ADDRESS) return bind;
  return engine.local ? '127.0.0.1' : engine.host;
}
