import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decode } from '../events/codec.ts';
import { createEvent } from '../events/envelope.ts';
import { VisitStarted } from '../events/visit-started.ts';
import { openEmbeddedLog } from './embedded.ts';
import type { EventLog } from './event-log.ts';
import { readTopic } from './read-topic.ts';
import { newId } from '../../runtime/ids.ts';
import { createLogger } from '../../runtime/logger.ts';
import { createEventWriter } from './event-writer.ts';

const logger = createLogger('event-writer', 'silent');
let folder: string;
let log: EventLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smart-store-writer-'));
  log = openEmbeddedLog({ path: join(folder, 'events.db'), logger });
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

function visits(count: number) {
  return Array.from({ length: count }, () => {
    const { source, subject, data } = VisitStarted.example;
    const facts = { source, subject, data, storeId: 'demo', visitId: newId(), time: new Date() };
    return createEvent(VisitStarted, facts);
  });
}

async function idsInLog(): Promise<string[]> {
  const ids: string[] = [];
  await readTopic(log, 'store.presence.v1', ({ value }) => {
    const decoded = decode(value);
    if (decoded.ok) ids.push(decoded.event.id);
  });
  return ids.sort();
}

/** The real log over a connection that fails the way connections do: before, in the middle of, or after the work. */
function failingOnce(at: 'before' | 'half' | 'after'): EventLog {
  let failures = 1;
  return {
    ...log,
    async append(records) {
      if (failures === 0) return log.append(records);
      failures -= 1;
      if (at === 'half') await log.append(records.slice(0, Math.ceil(records.length / 2)));
      if (at === 'after') await log.append(records);
      throw new Error('the connection was cut');
    },
  };
}

describe('the event writer, when the log fails', () => {
  test.each(['before', 'half', 'after'] as const)(
    '%s the work: every event is in the log, once',
    async (at) => {
      const events = visits(7);
      const later = visits(3);
      const writer = createEventWriter(failingOnce(at), logger);
      writer.write(events);
      writer.write(later);
      expect(await writer.close(10_000)).toBe(0);
      expect(await idsInLog()).toEqual([...events, ...later].map(({ id }) => id).sort());
    },
  );
});
