/**
 * One member's connection, as a user where the scenario names one. Whether the cluster has authentication enabled is
 * etcd's to say, and may change: a fresh cluster has none yet, and there every call of a user fails.
 */
import { noop } from 'cockatiel';
import { Etcd3 } from 'etcd3';
import { asError } from '../../errors';
import type { Security } from '../security';
import { keepLimit } from './limit';

/** What etcd says to a user where authentication is off (tls-auth.md, section 5). */
const NOT_ENABLED = 'authentication is not enabled';
/** What it says to nobody where it is on. */
const NO_USER = 'user name is empty';
/** What it says to a jwt after any change of users or roles: etcd3 does not log in again by itself. */
const OLD_TOKEN = 'revision of auth store is old';

export class Session {
  private user: Etcd3 | undefined;
  private nobody: Etcd3 | undefined;
  private asUser: boolean;
  private deadline = 0;

  constructor(
    private readonly endpoint: string,
    private readonly security: Security,
    /** Every member that runs: a learner logs nobody in, and knows the tokens of those that do. */
    private readonly endpoints: () => string[],
  ) {
    this.asUser = security.auth !== undefined;
  }

  /** The connection as whoever was let in last. */
  get etcd(): Etcd3 {
    if (this.asUser) return (this.user ??= this.connectUser());
    return (this.nobody ??= new Etcd3(this.optionsFor(this.endpoint)));
  }

  /** Asks, and once more as somebody else where etcd says so: it refuses before it does anything. */
  ask<T>(timeoutMs: number, request: () => Promise<T>): Promise<T> {
    return this.security.auth ? this.askAsEither(timeoutMs, request) : request();
  }

  close(): void {
    this.user?.close();
    this.nobody?.close();
  }

  private async askAsEither<T>(timeoutMs: number, request: () => Promise<T>): Promise<T> {
    const { asUser } = this;
    this.deadline = Date.now() + timeoutMs;
    try {
      return await request();
    } catch (thrown) {
      if (!this.mayAskAgain(asUser, asError(thrown).message)) throw thrown;
      return request();
    }
  }

  private mayAskAgain(asUser: boolean, said: string): boolean {
    if (said.includes(asUser ? NOT_ENABLED : NO_USER)) {
      this.asUser = !asUser;
      return true;
    }
    if (!said.includes(OLD_TOKEN)) return false;
    this.user?.close();
    this.user = undefined;
    return true;
  }

  private connectUser(): Etcd3 {
    const { auth } = this.security;
    const options = this.optionsFor(this.endpoint);
    // Without a deadline of its own, logging in at a member without quorum would hang for ever.
    const etcd = new Etcd3({ ...options, auth: { ...auth!, callOptions: () => ({ deadline: this.deadline }) } });
    this.logInAtAny(etcd);
    return etcd;
  }

  /** etcd3 logs in at the hosts that it calls; here it calls one, and may log in at any. */
  private logInAtAny(etcd: Etcd3): void {
    const { authenticator } = (etcd as unknown as { pool: { authenticator: { options: object } } }).pool;
    const hosts = (): string[] => [this.endpoint, ...this.endpoints().filter((one) => one !== this.endpoint)];
    const { scheme } = this.security;
    authenticator.options = Object.create(authenticator.options, {
      hosts: { get: () => hosts().map((host) => `${scheme}://${host}`) },
    }) as object;
  }

  private optionsFor(endpoint: string): ConstructorParameters<typeof Etcd3>[0] & object {
    return {
      hosts: `${this.security.scheme}://${endpoint}`,
      faultHandling: { host: () => noop, global: noop },
      grpcOptions: {
        callInvocationTransformer: keepLimit,
        // A page of large values is more than the 4 MiB that gRPC takes where nothing is said.
        'grpc.max_receive_message_length': -1,
        'grpc.enable_http_proxy': 0,
        'grpc.initial_reconnect_backoff_ms': 50,
        'grpc.max_reconnect_backoff_ms': 200,
      },
    };
  }
}
