import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode } from '../../ingest/events/codec.ts';
import { openEmbeddedLog } from '../../ingest/log/embedded.ts';
import type { EventLog } from '../../ingest/log/event-log.ts';
import { startChild } from '../../runtime/child.ts';
import { createLogger } from '../../runtime/logger.ts';
import { startOutboxRelay } from './outbox.ts';
import { bytesColumn } from './row.ts';
import { openDatabase } from './sqlite.ts';

const logger = createLogger('outbox', 'silent');
const TOPIC = 'store.membership.v1'; // one partition
const END = 'end';

async function dieIn(folder: string, step: string): Promise<void> {
  const child = startChild(new URL('./outbox.process.ts', import.meta.url), [folder, step], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
}

function idAndType(bytes: Uint8Array): string {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return `${decoded.event.type} ${decoded.event.id}`;
}

/** Everything that the log holds, oldest first; a record of our own marks the end. */
async function readLog(log: EventLog): Promise<string[]> {
  await log.append([{ topic: TOPIC, key: END, value: Buffer.from(END) }]);
  const events: string[] = [];
  const end = new EventEmitter();
  const reachedEnd = once(end, 'reached');
  const consumer = await log.consume({
    group: 'reader',
    topics: [TOPIC],
    onBatch: ({ records }) => {
      events.push(...records.filter(({ key }) => key !== END).map(({ value }) => idAndType(value)));
      if (records.some(({ key }) => key === END)) end.emit('reached');
      return Promise.resolve();
    },
  });
  await reachedEnd;
  await consumer.close();
  return events;
}

test.each([
  ['before the state is committed', 'enrolling', 0],
  ['before it notes that it tries', 'read', 2],
  ['before it appends', 'tried', 2],
  ['after it has appended, before it has marked', 'appended', 2],
  ['after it has marked', 'marked', 2],
])('killed %s: every event of committed state arrives, once', async (_when, step, told) => {
  const folder = mkdtempSync(join(tmpdir(), 'smart-store-outbox-'));
  await dieIn(folder, step);

  const database = await openDatabase(join(folder, 'ledger.db'));
  const log = openEmbeddedLog({ path: join(folder, 'log.db'), logger });
  const written = (await database.all('SELECT value FROM outbox ORDER BY sequence')).map((row) =>
    idAndType(bytesColumn(row, 'value')),
  );
  expect(written.map((event) => event.split(' ')[0])).toEqual(
    ['member.enrolled', 'consent.given'].slice(0, told),
  );
  expect(await database.all('SELECT * FROM members')).toHaveLength(told === 0 ? 0 : 1);

  const relay = startOutboxRelay({ database, log, logger });
  await relay.flush();
  const arrived = await readLog(log);
  expect(arrived).toEqual(written);
  expect(await database.all('SELECT * FROM outbox WHERE relayed_at IS NULL')).toEqual([]);

  await relay.close();
  await log.close();
  await database.close();
  rmSync(folder, { recursive: true });
});
