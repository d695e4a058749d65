import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Admin } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startChild } from '../../runtime/child.ts';
import { createLogger } from '../../runtime/logger.ts';
import { createKafkaClient, type KafkaConnection } from '../kafka/connection.ts';
import { sharedKafka } from '../kafka/shared-broker.fixture.ts';
import { applyTopics } from '../kafka/topics.ts';
import type { Topic } from '../topics.ts';
import type { EventLog, NewRecord } from './event-log.ts';
import { openKafkaLog } from './kafka.ts';
import { consumeUntil, eventually, recorder } from './recorder.ts';

/** Less than a shop's, so that the test need not wait long for the group to give the sleeper up. */
const SESSION_TIMEOUT_MS = 3_000;

describe('a group on Kafka', () => {
  let connection: KafkaConnection;
  let admin: Admin;
  let topic: Topic;
  let group: string;
  let log: EventLog;

  beforeEach(async () => {
    connection = await sharedKafka();
    topic = {
      name: `groups.${randomUUID()}`,
      keyedBy: 'origin',
      partitions: 1,
      retentionDays: 1,
      why: 'a test',
    };
    group = `groups.${randomUUID()}`;
    await applyTopics(connection, [topic], { replicationFactor: 1 });
    log = await openKafkaLog({ connection, topics: [topic], sessionTimeoutMs: SESSION_TIMEOUT_MS });
    admin = createKafkaClient(connection, createLogger('test', 'silent')).admin();
    await admin.connect();
  });

  afterEach(async () => {
    await admin.disconnect();
    await log.close();
  });

  const append = (first: number, count: number) =>
    log.append(Array.from({ length: count }, (_, i): NewRecord => recordOf(topic, `${first + i}`)));

  test('refuses the commit of a consumer that slept until its partition had moved', async () => {
    await append(0, 3);
    const module = new URL('./zombie.process.ts', import.meta.url);
    const args = [connection.brokers[0]!, group, topic.name, String(SESSION_TIMEOUT_MS)];
    const zombie = startChild(module, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(zombie, 'exit');
    const said: string[] = [];
    createInterface({ input: zombie.stdout! }).on('line', (line) => said.push(line));
    await eventually('the zombie has a batch', () => Promise.resolve(said.includes('in hand')));
    zombie.kill('SIGSTOP');

    const seen = recorder((batch) => batch.commit(3, 'of the living'));
    const living = await log.consume({ group, topics: [topic.name], onBatch: seen.onBatch });
    await seen.until(3);
    zombie.kill('SIGCONT');
    zombie.stdin!.write('commit\n');
    await eventually('the zombie has tried', () => Promise.resolve(said.length > 1));
    expect(said[1]).toBe('lost');

    // It is a member like any other again, and what comes is read by one of the two.
    await append(3, 1);
    await eventually('both are alive', () =>
      Promise.resolve(seen.records.length > 3 || said.filter((word) => word === 'in hand').length > 1),
    );
    expect(said.filter((words) => words.startsWith('ended') || words.startsWith('failed'))).toEqual([]);
    zombie.stdin!.end();
    expect(await exited).toEqual([0, null]);
    await living.close();
    const again = recorder();
    const next = await log.consume({ group, topics: [topic.name], onBatch: again.onBatch });
    await append(4, 1);
    await again.until(1);
    await next.close();
    expect(again.batches[0]!.committed.nextOffset).toBeGreaterThanOrEqual(3);
  });

  test('that stands behind the end of the log is not let begin anywhere: the log was replaced', async () => {
    await append(0, 2);
    const partitions = [{ partition: 0, offset: '50' }];
    await admin.setOffsets({ groupId: group, topic: topic.name, partitions });
    const consumer = await log.consume({ group, topics: [topic.name], onBatch: recorder().onBatch });
    await expect(consumer.closed).rejects.toThrow('stands at offset 50');
    const [place] = await admin.fetchOffsets({ groupId: group, topics: [topic.name] });
    expect(place!.partitions[0]!.offset).toBe('50');
  });

  test('goes on behind what retention has removed before it came', async () => {
    await append(0, 10);
    const first = recorder((batch) => batch.commit(2, 'two'));
    const consumer = await log.consume({ group, topics: [topic.name], onBatch: first.onBatch });
    await first.until(10);
    await consumer.close();
    await expire(5);
    const seen = recorder();
    const late = await log.consume({ group, topics: [topic.name], onBatch: seen.onBatch });
    await seen.until(5);
    await late.close();
    expect(seen.batches[0]!.committed).toEqual({ nextOffset: 2, metadata: 'two' });
    expect(seen.records.map(({ offset }) => offset)).toEqual([5, 6, 7, 8, 9]);
  });

  test('goes on behind what retention removes while it reads, and keeps its place and note', async () => {
    await append(0, 3);
    const seen = recorder(async (batch) => {
      if (batch.records[0]!.offset > 0) return;
      await batch.commit(3, 'three');
      await append(3, 7);
      await expire(8);
    });
    const consumer = await log.consume({ group, topics: [topic.name], onBatch: seen.onBatch });
    await seen.until(5);
    await consumer.close();
    expect(seen.records.map(({ offset }) => offset)).toEqual([0, 1, 2, 8, 9]);
    const [place] = await admin.fetchOffsets({ groupId: group, topics: [topic.name] });
    expect(place!.partitions[0]).toMatchObject({ offset: '3', metadata: 'three' });
  });

  test('is told the place of each record, also of many, compressed, and beside another writer', async () => {
    const zipped = await openKafkaLog({ connection, topics: [topic], compression: 'gzip' });
    const many = Array.from({ length: 2500 }, (_, i) => recordOf(topic, `zipped ${i}`));
    const others = Array.from({ length: 50 }, (_, i) => recordOf(topic, `plain ${i}`));
    const [ofMany, ...ofOthers] = await Promise.all([
      zipped.append(many),
      ...others.map((record) => log.append([record])),
    ]);
    await zipped.close();
    const told = new Map<number, string>();
    ofMany.forEach(({ offset }, i) => told.set(offset, `zipped ${i}`));
    ofOthers.forEach(([position], i) => told.set(position!.offset, `plain ${i}`));
    expect(told.size).toBe(2550);
    const records = await consumeUntil(log, { group, topics: [topic.name], maxRecords: 5000 }, 2550);
    const found = new Map(records.map(({ offset, value }) => [offset, Buffer.from(value).toString()]));
    expect(found).toEqual(new Map([...told].sort(([a], [b]) => a - b)));
  });

  async function expire(before: number): Promise<void> {
    const partitions = [{ partition: 0, offset: String(before) }];
    // kafkajs forgets to look at the topic first.
    await admin.fetchTopicOffsets(topic.name);
    await admin.deleteTopicRecords({ topic: topic.name, partitions });
  }
});

function recordOf(topic: Topic, text: string): NewRecord {
  return { topic: topic.name, key: 'a', value: Buffer.from(text) };
}
