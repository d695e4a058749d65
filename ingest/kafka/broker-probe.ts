import { pino } from 'pino';
import { createKafkaClient } from './connection.ts';

/** The probe asks again by itself; kafkajs's complaints about a broker that is not there yet help nobody. */
const SILENT = pino({ level: 'silent' });
const PROBE_GROUP = 'smart-store.probe';

/**
 * Whether a node answers metadata, knows so many brokers, and a group coordinator gives offsets. The first question about a
 * group makes Kafka create its offsets topic, so it is asked only when every broker is there to hold a copy.
 */
export async function isAnswering(brokerPort: number, brokers: number): Promise<boolean> {
  const connection = { brokers: [`127.0.0.1:${brokerPort}`], clientId: 'smart-store-probe' };
  const admin = createKafkaClient(connection, SILENT, { retries: 0 }).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length < brokers) return false;
    await admin.fetchOffsets({ groupId: PROBE_GROUP });
    return true;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
