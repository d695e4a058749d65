import { setTimeout as sleep } from 'node:timers/promises';
import { eventRecord } from '../../../ingest/events/codec.ts';
import type { AnyEvent } from '../../../ingest/events/registry.ts';
import type { EventLog } from '../../../ingest/log/event-log.ts';
import { createEventWriter, type EventWriter } from '../../../ingest/log/event-writer.ts';
import { missingRecords } from '../../../ingest/log/missing-records.ts';
import type { Logger } from '../../../runtime/logger.ts';
import type { Role } from './carrying.ts';
import type { ProduceOrder, Told } from './messages.ts';
import { openSceneLog } from './scene.ts';

const POLL_MS = 2;
const CLOSE_LIMIT_MS = 100;

/** The store's event writer, given a day of events in portions; tells what the log has acknowledged. */
export function startProducing(order: ProduceOrder, tell: (what: Told) => void, logger: Logger): Role {
  let isClosing = false;
  const isOver = (): boolean => isClosing;
  let fail: (reason: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));

  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));

  const opening = openSceneLog(order.log, 'guest', logger);
  const producing = opening.then((log) => produce(log));
  producing.catch((error: unknown) => fail(error));

  async function produce(log: EventLog): Promise<void> {
    const writer = createEventWriter(telling(log), logger);
    const absent = order.triedSinceMs === null ? order.events : await missing(log, order.triedSinceMs);
    const isLate = new Set(order.events.slice(order.holdAt).map(({ id }) => id));
    await write(
      writer,
      absent.filter(({ id }) => !isLate.has(id)),
    );
    tell({ kind: 'produced', all: false });
    await released;
    await write(
      writer,
      absent.filter(({ id }) => isLate.has(id)),
    );
    await writer.close(CLOSE_LIMIT_MS);
    tell({ kind: 'produced', all: true });
  }

  async function write(writer: EventWriter, events: readonly AnyEvent[]): Promise<void> {
    for (let from = 0; from < events.length && !isOver(); from += order.chunk) {
      const chunk = events.slice(from, from + order.chunk);
      writer.write(chunk);
      while (writer.waiting > 0 && !isOver()) await sleep(POLL_MS);
      if (writer.waiting === 0) tell({ kind: 'acknowledged', ids: chunk.map(({ id }) => id) });
      if (order.pauseMs > 0) await sleep(order.pauseMs);
    }
  }

  /** What a producer that died has left; what the log has of it counts as acknowledged from now on. */
  async function missing(log: EventLog, sinceMs: number): Promise<readonly AnyEvent[]> {
    const records = order.events.map((event) => ({ event, ...eventRecord(event) }));
    const absent = new Set((await missingRecords(log, records, sinceMs)).map(({ event }) => event.id));
    tell({
      kind: 'acknowledged',
      ids: order.events.filter(({ id }) => !absent.has(id)).map(({ id }) => id),
    });
    return order.events.filter(({ id }) => absent.has(id));
  }

  function telling(log: EventLog): EventLog {
    return {
      ...log,
      async append(records) {
        tell({ kind: 'appending', sinceMs: Date.now() });
        return log.append(records);
      },
    };
  }

  return {
    opened: opening.then(() => undefined),
    failed,
    hold: () => undefined,
    release: () => release(),
    async close() {
      isClosing = true;
      await producing;
      await (await opening).close();
    },
  };
}
