import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../config/secret.ts';
import { createLogger } from '../../runtime/logger.ts';
import { createBrokerSecurity } from '../kafka/broker-security.fixture.ts';
import { startKafka, type KafkaBrokers } from '../kafka/broker.ts';
import type { KafkaConnection } from '../kafka/connection.ts';
import { freePort } from '../kafka/ports.ts';
import { applyTopics } from '../kafka/topics.ts';
import type { Topic } from '../topics.ts';
import { openKafkaLog } from './kafka.ts';
import { readTopic } from './read-topic.ts';
import { eventually, pause, PATIENCE_MS, recorder } from './recorder.ts';

const TOPIC: Topic = { name: 'faults.v1', keyedBy: 'origin', partitions: 2, retentionDays: 1, why: 'a test' };
const USER = { name: 'store', password: 'as-long-as-it-lasts' };

describe('the Kafka log', () => {
  let folder: string;
  let kafka: KafkaBrokers;
  let plain: KafkaConnection;
  let secure: KafkaConnection;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'smart-store-faults-'));
    const { security, authorityPath } = await createBrokerSecurity(folder, [USER]);
    const logger = createLogger('kafka', 'warn');
    kafka = await startKafka({ nodes: 1, dataDir: join(folder, 'kafka'), logger, security });
    plain = { brokers: kafka.brokers, clientId: 'test' };
    secure = {
      brokers: kafka.secureBrokers,
      clientId: 'test',
      tls: { authority: authorityPath },
      sasl: { mechanism: 'scram-sha-512', user: USER.name, password: new Secret(USER.password) },
    };
    await applyTopics(plain, [TOPIC], { replicationFactor: 1 });
  });

  afterAll(async () => {
    await kafka.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('loses and doubles nothing when the broker is killed, and its consumer comes back by itself', async () => {
    const log = await openKafkaLog({ connection: plain, topics: [TOPIC] });
    const seen = recorder((batch) => batch.commit(batch.records.at(-1)!.offset + 1));
    const consumer = await log.consume({ group: 'faults', topics: [TOPIC.name], onBatch: seen.onBatch });
    const acknowledged: string[] = [];
    let isOver = false;
    const writers = ['a', 'b', 'c', 'd'].map(async (writer) => {
      for (let i = 0; !isOver; i += 1) {
        const text = `${writer} ${i}`;
        await log.append([{ topic: TOPIC.name, key: writer, value: Buffer.from(text) }]);
        acknowledged.push(text);
        await pause(5);
      }
    });
    await eventually('some are written', () => Promise.resolve(acknowledged.length > 100));
    await kafka.nodes[0]!.kill('SIGKILL');
    const before = acknowledged.length;
    await kafka.nodes[0]!.start();
    await eventually('more are written', () => Promise.resolve(acknowledged.length > before + 100));
    isOver = true;
    await Promise.all(writers);

    // The group waits for the member that it lost, and kafkajs for brokers that are gone, before it is shared out again.
    const hasAll = eventually(
      'the consumer has all',
      () => Promise.resolve(new Set(seen.records.map(textOf)).size === acknowledged.length),
      3 * PATIENCE_MS,
    );
    await Promise.race([hasAll, consumer.closed.then(() => hasAll)]);
    await consumer.close();
    const kept: string[] = [];
    await readTopic(log, TOPIC.name, (record) => kept.push(textOf(record)));
    await log.close();
    expect(kept.sort()).toEqual(acknowledged.sort());
  });

  test('speaks TLS and logs in', async () => {
    const log = await openKafkaLog({ connection: secure, topics: [TOPIC] });
    const [position] = await log.append([{ topic: TOPIC.name, key: 'a', value: Buffer.from('in secret') }]);
    const kept: string[] = [];
    await readTopic(log, TOPIC.name, (record) => kept.push(textOf(record)));
    await log.close();
    expect(position).toMatchObject({ topic: TOPIC.name });
    expect(kept).toContain('in secret');
  });

  test('says who was refused when the password is wrong, and never the password', async () => {
    const sasl = { ...secure.sasl!, password: new Secret('not-this-one') };
    const refusal: unknown = await openKafkaLog({ connection: { ...secure, sasl } }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: 'kafka.login-refused' });
    expect(String(refusal)).toContain('refuses the user store');
    expect(String(refusal)).not.toContain('not-this-one');
  });

  test('says that the certificate is not trusted when its authority is not named', async () => {
    const refusal = openKafkaLog({ connection: { ...secure, tls: {} } });
    await expect(refusal).rejects.toMatchObject({ code: 'kafka.tls' });
  });

  test('names the brokers and their key when none answers', async () => {
    const broker = `127.0.0.1:${await freePort()}`;
    const opening = openKafkaLog({ connection: { brokers: [broker], clientId: 'test' } });
    await expect(opening).rejects.toMatchObject({
      code: 'kafka.unreachable',
      message: expect.stringContaining(`kafka.brokers (${broker})`) as unknown,
    });
  });
});

const textOf = ({ value }: { value: Uint8Array }): string => Buffer.from(value).toString();
