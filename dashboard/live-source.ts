import { LIVE_EVENT_NAMES } from './live-event-names.ts';
import type { LiveEvent } from '../analytics/api/schemas/live.ts';
import type { LiveSource, LiveSourceHandlers } from './state/live-feed.svelte.ts';

/**
 * Server-sent events through the browser's EventSource. The browser's own reconnecting is not used: it gives up for
 * good on an answer that is no stream, such as that of a proxy while the store restarts.
 */
export function openLiveSource(lastEventId: string | undefined, handlers: LiveSourceHandlers): LiveSource {
  const query = lastEventId === undefined ? '' : `?lastEventId=${encodeURIComponent(lastEventId)}`;
  const source = new EventSource(`/api/v1/live${query}`);
  for (const name of LIVE_EVENT_NAMES) {
    source.addEventListener(name, ({ data, lastEventId: id }: MessageEvent<string>) => {
      const event = { name, data: JSON.parse(data) as unknown } as LiveEvent;
      handlers.event(event, id === '' ? undefined : id);
    });
  }
  source.addEventListener('error', () => {
    source.close();
    handlers.broken();
  });
  return { close: () => source.close() };
}
