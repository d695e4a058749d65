import { Readable } from 'node:stream';
import type { LiveEvent } from '../schemas/live.ts';

/** A server-sent event as text, made once and sent to every page. */
export interface WireEvent {
  readonly text: string;
  /** Newer ones with this key replace older ones that a slow page hasn't taken yet; without it none may be lost. */
  readonly replaces?: string;
}

/** Writes a live event in the format of the HTML standard, section 9.2.5 (event stream). */
export function wireEvent(
  { name, data }: LiveEvent,
  options: { id?: string; replaces?: string } = {},
): WireEvent {
  const id = options.id === undefined ? '' : `id: ${options.id}\n`;
  const text = `${id}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  return options.replaces === undefined ? { text } : { text, replaces: options.replaces };
}

/** One page's stream. */
export interface EventStream {
  /** What Fastify sends. */
  readonly readable: Readable;
  send(event: WireEvent): void;
  close(): void;
}

/** Bytes that may wait in the socket's side before events are held back. */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * A stream that stays small however slow its reader is: pictures of the present (overlay, summary, camera) are replaced
 * by newer ones, and a reader with more than `maxWaiting` moments behind is cut off; it comes back with Last-Event-ID.
 */
export function createEventStream({ maxWaiting = 500, retryMs = 2000 } = {}): EventStream {
  /** In the order of sending; a replaced event keeps the place of the first. */
  const waiting = new Map<string, string>();
  let taking = true;
  let closed = false;
  let unnamed = 0;

  const readable = new Readable({
    highWaterMark: HIGH_WATER_BYTES,
    read() {
      taking = true;
      flush();
    },
  });
  readable.push(`retry: ${retryMs}\n\n`);

  function flush(): void {
    for (const [key, text] of waiting) {
      if (!taking) return;
      waiting.delete(key);
      taking = readable.push(text);
    }
  }

  return {
    readable,
    send(event) {
      if (closed || readable.destroyed) return;
      waiting.set(event.replaces ?? `#${String(unnamed++)}`, event.text);
      flush();
      if (waiting.size > maxWaiting) readable.destroy();
    },
    close() {
      if (closed || readable.destroyed) return;
      closed = true;
      waiting.clear();
      readable.push(null);
    },
  };
}
