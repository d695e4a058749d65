import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import type { Deployment } from '../../config/schema.ts';
import { isAnswering } from './broker-probe.ts';
import { kafkaConnection, type KafkaConnection } from './connection.ts';

const START_LIMIT_MS = 120_000;
const ASK_EVERY_MS = 100;

/** The Kafka that the test run has started; topics and groups need names of their own in each test. */
export async function sharedKafka(): Promise<KafkaConnection> {
  const port = inject('kafkaPort');
  const until = Date.now() + START_LIMIT_MS;
  while (!(await isAnswering(port, 1))) {
    if (Date.now() > until) throw new Error(`The Kafka of the tests does not answer on port ${port}.`);
    await sleep(ASK_EVERY_MS);
  }
  const settings: Deployment['kafka'] = { brokers: [`127.0.0.1:${port}`], replicationFactor: 1 };
  return kafkaConnection(settings, {});
}
