/**
 * How members and clients speak to each other. One value decides URLs, client options and the tools' environment;
 * nothing else writes a scheme.
 */
export interface Security {
  readonly scheme: 'http' | 'https';
  /** Who the runner's own clients are; undefined where the cluster asks for nobody. */
  readonly auth?: { readonly username: string; readonly password: string };
}

/** No TLS, no authentication. */
export const PLAIN: Security = { scheme: 'http' };

/** `http://etcd-1:2380`. */
export function url(security: Security, host: string, port: number): string {
  return `${security.scheme}://${host}:${port}`;
}

/** Ports that members listen on, inside their own network. */
export const PORTS = { client: 2379, peer: 2380, metrics: 2381 } as const;

/** The host of a URL such as `http://etcd-1:2380`; undefined where it is no URL. */
export function hostOf(peerURL: string): string | undefined {
  try {
    return new URL(peerURL).hostname;
  } catch {
    return undefined;
  }
}
