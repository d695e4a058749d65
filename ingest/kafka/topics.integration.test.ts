import { randomUUID } from 'node:crypto';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../runtime/logger.ts';
import type { Topic } from '../topics.ts';
import { createKafkaClient, type KafkaConnection } from './connection.ts';
import { sharedKafka } from './shared-broker.fixture.ts';
import { applyTopics, planTopics } from './topics.ts';

const MS_PER_DAY = 86_400_000;
const ONE = { replicationFactor: 1 };

describe('topics on a broker', () => {
  let connection: KafkaConnection;
  let admin: Admin;
  let topic: Topic;

  beforeAll(async () => {
    connection = await sharedKafka();
    admin = createKafkaClient(connection, createLogger('test', 'silent')).admin();
    await admin.connect();
  });

  afterAll(() => admin.disconnect());

  beforeEach(() => {
    topic = {
      name: `topics.${randomUUID()}`,
      keyedBy: 'origin',
      partitions: 2,
      retentionDays: 3,
      why: 'a test',
    };
  });

  const settingOf = async (name: string): Promise<string | undefined> => {
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic.name, configNames: [name] };
    const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
    return resources[0]?.configEntries[0]?.configValue;
  };

  test('are planned without being made, made once, and then as they should be', async () => {
    const { changes } = await planTopics(connection, [topic], ONE);
    expect(changes).toEqual([
      {
        topic: topic.name,
        kind: 'create',
        words: 'is missing: 2 partitions, kept 3 days, 1 copy',
        needs: 'nothing',
      },
    ]);
    expect(await admin.listTopics()).not.toContain(topic.name);

    const { applied, left } = await applyTopics(connection, [topic], ONE);
    expect(applied).toEqual(changes);
    expect(left).toEqual([]);
    expect(await settingOf('retention.ms')).toBe(String(3 * MS_PER_DAY));
    expect(await planTopics(connection, [topic], ONE)).toEqual({ changes: [] });
    expect(await applyTopics(connection, [topic], ONE)).toEqual({ applied: [], left: [] });
  });

  test('made by two at once are made once', async () => {
    await Promise.all([applyTopics(connection, [topic], ONE), applyTopics(connection, [topic], ONE)]);
    expect(await planTopics(connection, [topic], ONE)).toEqual({ changes: [] });
  });

  test('get more partitions only when somebody says so, because keys move', async () => {
    await applyTopics(connection, [topic], ONE);
    const wider = { ...topic, partitions: 3 };
    const { applied, left } = await applyTopics(connection, [wider], ONE);
    expect(applied).toEqual([]);
    expect(left).toMatchObject([{ kind: 'partitions', needs: 'add-partitions' }]);
    await applyTopics(connection, [wider], { ...ONE, consents: ['add-partitions'] });
    expect(await planTopics(connection, [wider], ONE)).toEqual({ changes: [] });
  });

  test('never lose partitions', async () => {
    await applyTopics(connection, [topic], ONE);
    const narrower = { ...topic, partitions: 1 };
    const { applied, left } = await applyTopics(connection, [narrower], {
      ...ONE,
      consents: ['add-partitions'],
    });
    expect(applied).toEqual([]);
    expect(left).toMatchObject([{ kind: 'partitions', needs: 'a person' }]);
    expect(left[0]!.words).toContain('should have 1 partitions, has 2');
  });

  test('keep longer at once, and shorter only when somebody says so, because records go', async () => {
    await applyTopics(connection, [topic], ONE);
    expect((await applyTopics(connection, [{ ...topic, retentionDays: 9 }], ONE)).left).toEqual([]);
    expect(await settingOf('retention.ms')).toBe(String(9 * MS_PER_DAY));

    expect((await applyTopics(connection, [topic], ONE)).left).toMatchObject([
      { needs: 'shorten-retention' },
    ]);
    expect(await settingOf('retention.ms')).toBe(String(9 * MS_PER_DAY));
    await applyTopics(connection, [topic], { ...ONE, consents: ['shorten-retention'] });
    expect(await settingOf('retention.ms')).toBe(String(3 * MS_PER_DAY));
  });

  test('have their settings corrected, and those that an operator added stay', async () => {
    await applyTopics(connection, [topic], ONE);
    const wrong = { 'cleanup.policy': 'compact', 'segment.ms': '3600000', 'max.message.bytes': '1000' };
    const configEntries = Object.entries(wrong).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic.name, configEntries }],
    });
    const { changes } = await planTopics(connection, [topic], ONE);
    expect(changes.map(({ words }) => words)).toContain('cleanup.policy should be delete, is compact');
    await applyTopics(connection, [topic], { ...ONE, consents: ['shorten-retention'] });
    expect(await planTopics(connection, [topic], ONE)).toEqual({ changes: [] });
    expect(await settingOf('segment.ms')).toBe('3600000');
  });

  test('with too few copies are told, and writes wait for no copy that is not there', async () => {
    await applyTopics(connection, [topic], ONE);
    const { applied, left } = await applyTopics(connection, [topic], { replicationFactor: 3 });
    expect(applied).toEqual([]);
    expect(left).toMatchObject([{ kind: 'replication', needs: 'a person' }]);
  });

  test('that ask for more copies than there are brokers are refused in words', async () => {
    await expect(applyTopics(connection, [topic], { replicationFactor: 3 })).rejects.toMatchObject({
      code: 'kafka.replication',
      next: 'Start the missing brokers, or lower kafka.replicationFactor.',
    });
  });
});
