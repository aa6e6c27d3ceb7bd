/** Listening to some of the events, each by its type. */
import type { EventOf, EventType, RunEvent } from '../events';

export type Handlers = { [T in EventType]?: (event: EventOf<T>) => void };

/** Gives an event to the handler of its type; what nobody listens to, or nobody knows, goes by. */
export function dispatch(handlers: Handlers, event: RunEvent): void {
  const handle = handlers[event.type] as ((event: RunEvent) => void) | undefined;
  handle?.(event);
}
