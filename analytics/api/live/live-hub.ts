import type { Readable } from 'node:stream';
import type { StoreEvent } from '../../../ingest/events/envelope.ts';
import type { Logger } from '../../../runtime/logger.ts';
import type { CamerasPort, FloorPort, LivePort } from '../ports.ts';
import type { Summary } from '../schemas/summary.ts';
import { createEventStream, wireEvent, type EventStream, type WireEvent } from './event-stream.ts';
import { watchFloor, type FloorWatch } from './floor-watch.ts';
import { momentOf } from './moment-of.ts';
import { overlayOf } from './overlay-of.ts';
import { createRecentEvents } from './recent-events.ts';
import { watchSummary, type SummaryWatch } from './summary-watch.ts';

const HEARTBEAT_MS = 5000;
/** Events kept for pages that come back; at a busy door (a shopper a second) some minutes. */
const RECENT_EVENTS = 500;
/** What a page that comes for the first time gets, to close the gap between the log and ClickHouse. */
const FIRST_MOMENTS = 30;

export interface LiveHubDeps {
  readonly live: LivePort;
  readonly cameras: CamerasPort;
  readonly floor: FloorPort | undefined;
  readonly nameOf: (subjectKey: string) => string | undefined;
  readonly askSummary: () => Promise<Summary>;
  readonly logger: Logger;
  /** Pages that may watch at the same time. */
  readonly maxStreams?: number;
}

/** What happens now, told to every page that listens. */
export interface LiveHub {
  /**
   * A stream for one page.
   * @param lastEventId the last moment that the page knows, from `Last-Event-ID`
   * @returns `undefined` when too many pages watch
   */
  open(lastEventId: string | undefined): Readable | undefined;
  /** Ends all streams and subscriptions. */
  close(): void;
}

export function createLiveHub(deps: LiveHubDeps): LiveHub {
  const { cameras, floor, nameOf, logger, maxStreams = 100 } = deps;
  const streams = new Set<EventStream>();
  const recent = createRecentEvents<StoreEvent>(RECENT_EVENTS);
  let summaryWatch: SummaryWatch | undefined;
  let floorWatch: FloorWatch | undefined;

  const broadcast = (event: WireEvent): void => {
    for (const stream of streams) stream.send(event);
  };
  const tell = (event: StoreEvent, send: (event: WireEvent) => void): void => {
    const moment = momentOf(event, nameOf);
    if (moment !== undefined) send(wireEvent({ name: 'moment', data: moment }, { id: event.id }));
  };

  const subscriptions = [
    deps.live.subscribe((event) => {
      // Where visitors walk is told many times a second and is no moment: it would push the moments out.
      if (momentOf(event, nameOf) === undefined) return;
      recent.add(event);
      summaryWatch?.touch();
      tell(event, broadcast);
    }),
    cameras.subscribe(({ kind, cameraId }) => {
      if (streams.size === 0) return;
      const event =
        kind === 'overlay' ? overlay(cameraId) : kind === 'picture' ? picture(cameraId) : status(cameraId);
      if (event !== undefined) broadcast(event);
    }),
  ];

  const heartbeat = setInterval(() => broadcast(heartbeatNow()), HEARTBEAT_MS);
  heartbeat.unref();

  function heartbeatNow(): WireEvent {
    return wireEvent({ name: 'heartbeat', data: { serverTimeMs: Date.now() } }, { replaces: 'heartbeat' });
  }
  function overlay(cameraId: string): WireEvent | undefined {
    const seen = cameras.overlay(cameraId);
    if (seen === undefined) return undefined;
    return wireEvent({ name: 'overlay', data: overlayOf(seen, nameOf) }, { replaces: `overlay ${cameraId}` });
  }
  function picture(cameraId: string): WireEvent | undefined {
    const atMs = cameras.picture(cameraId)?.atMs;
    if (atMs === undefined) return undefined;
    return wireEvent({ name: 'picture', data: { cameraId, atMs } }, { replaces: `picture ${cameraId}` });
  }
  function status(cameraId: string): WireEvent | undefined {
    const data = cameras.list().find((camera) => camera.id === cameraId);
    return data && wireEvent({ name: 'camera', data }, { replaces: `camera ${cameraId}` });
  }
  function summaryEvent(summary: Summary): WireEvent {
    return wireEvent({ name: 'summary', data: summary }, { replaces: 'summary' });
  }

  function leave(stream: EventStream): void {
    streams.delete(stream);
    if (streams.size > 0) return;
    summaryWatch?.close();
    summaryWatch = undefined;
    floorWatch?.close();
    floorWatch = undefined;
  }

  return {
    open(lastEventId) {
      if (streams.size >= maxStreams) return undefined;
      const stream = createEventStream();
      const missed = lastEventId === undefined ? recent.latest(FIRST_MOMENTS) : recent.after(lastEventId);
      stream.send(heartbeatNow());
      if (missed === undefined) stream.send(wireEvent({ name: 'reset', data: {} }));
      for (const event of missed ?? recent.latest(FIRST_MOMENTS)) tell(event, (wire) => stream.send(wire));
      for (const camera of cameras.list()) {
        for (const event of [status(camera.id), overlay(camera.id), picture(camera.id)]) {
          if (event !== undefined) stream.send(event);
        }
      }
      streams.add(stream);
      stream.readable.once('close', () => leave(stream));
      // Nobody watching, nobody asking: ClickHouse rests while no page is open.
      summaryWatch ??= watchSummary(deps.askSummary, (summary) => broadcast(summaryEvent(summary)), logger);
      if (floor !== undefined) {
        floorWatch ??= watchFloor(floor, nameOf, broadcast, logger);
        stream.send(floorWatch.now());
      }
      if (summaryWatch.latest !== undefined) stream.send(summaryEvent(summaryWatch.latest));
      return stream.readable;
    },
    close() {
      for (const unsubscribe of subscriptions) unsubscribe();
      clearInterval(heartbeat);
      summaryWatch?.close();
      floorWatch?.close();
      for (const stream of streams) stream.close();
    },
  };
}
