import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { UserError } from '../../runtime/errors.ts';
import { createLogger, type Logger } from '../../runtime/logger.ts';
import type { Topic } from '../topics.ts';
import { createKafkaClient, type KafkaConnection } from './connection.ts';
import { brokerErrorOf, explained } from './errors.ts';
import { patiently } from './patience.ts';

export interface TopicOptions {
  /** Copies of each partition. */
  readonly replicationFactor: number;
  readonly logger?: Logger;
}

/** By way of the default: Node's reader of CommonJS modules does not see these names. */
const { ConfigResourceTypes, ConfigSource } = kafkajs;

/** What a person has to say yes to. */
export const CONSENTS = ['add-partitions', 'shorten-retention'] as const;
export type Consent = (typeof CONSENTS)[number];

/** A difference between ingest/topics.ts and what the brokers have. */
export interface TopicChange {
  readonly topic: string;
  readonly kind: 'create' | 'partitions' | 'replication' | 'setting';
  /** What was expected and what was found, without the topic's name. */
  readonly words: string;
  /** Whether it can be applied as it is, after a consent, or not at all. */
  readonly needs: 'nothing' | Consent | 'a person';
}

export interface TopicPlan {
  /** Empty when the brokers have what ingest/topics.ts says. */
  readonly changes: readonly TopicChange[];
}

export interface AppliedTopics {
  readonly applied: readonly TopicChange[];
  /** Wait for a consent or for a person. */
  readonly left: readonly TopicChange[];
}

const MS_PER_DAY = 86_400_000;
const PATIENCE_MS = 15_000;
/** A record of 1 MiB with its key and headers. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** Compares topics with the brokers; changes nothing. @throws UserError `kafka.unreachable`, `kafka.login-refused`, `kafka.tls` */
export async function planTopics(
  connection: KafkaConnection,
  topics: readonly Topic[],
  options: TopicOptions,
): Promise<TopicPlan> {
  return withAdmin(connection, options, async (admin) => {
    const found = await describe(admin, topics);
    return { changes: topics.flatMap((topic) => changesOf(topic, found.get(topic.name), options)) };
  });
}

/**
 * Makes the brokers' topics as ingest/topics.ts says, as far as that loses nothing: makes missing topics, corrects settings.
 * Partitions are added and retention is shortened only with consent. Nothing is deleted.
 * @throws UserError as {@link planTopics}, and `kafka.replication`
 */
export async function applyTopics(
  connection: KafkaConnection,
  topics: readonly Topic[],
  options: TopicOptions & { readonly consents?: readonly Consent[] },
): Promise<AppliedTopics> {
  const { replicationFactor, consents = [] } = options;
  const isAllowed = ({ needs }: TopicChange): boolean =>
    needs === 'nothing' || consents.some((consent) => consent === needs);

  return withAdmin(connection, options, async (admin) => {
    const found = await describe(admin, topics);
    const applied: TopicChange[] = [];
    const left: TopicChange[] = [];
    const missing = topics.filter(({ name }) => !found.has(name));
    await create(admin, missing, replicationFactor);

    for (const topic of topics) {
      const present = found.get(topic.name);
      const changes = changesOf(topic, present, options);
      const allowed = changes.filter(isAllowed);
      applied.push(...allowed);
      left.push(...changes.filter((change) => !isAllowed(change)));
      if (present === undefined) continue;
      if (allowed.some(({ kind }) => kind === 'partitions')) {
        const topicPartitions = [{ topic: topic.name, count: topic.partitions }];
        await patiently(PATIENCE_MS, () => admin.createPartitions({ topicPartitions }));
      }
      if (allowed.some(({ kind }) => kind === 'setting')) {
        await correct(admin, topic, present, replicationFactor, consents.includes('shorten-retention'));
      }
    }
    return { applied, left };
  });
}

/** What the brokers say of a topic. */
interface PresentTopic {
  readonly partitions: number;
  /** Of the partition that has fewest. */
  readonly replicas: number;
  readonly settings: ReadonlyMap<string, string>;
  /** Settings of the topic itself, not of the broker. */
  readonly own: ReadonlyMap<string, string>;
}

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly isRight: (found: string) => boolean;
  readonly words: (found: string) => string;
}

async function withAdmin<Result>(
  connection: KafkaConnection,
  { logger = createLogger('topics') }: TopicOptions,
  work: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = createKafkaClient(connection, logger).admin();
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    throw explained(error, connection);
  } finally {
    await admin.disconnect();
  }
}

async function describe(admin: Admin, topics: readonly Topic[]): Promise<ReadonlyMap<string, PresentTopic>> {
  const there = new Set(await patiently(PATIENCE_MS, () => admin.listTopics()));
  const names = topics.map(({ name }) => name).filter((name) => there.has(name));
  const present = new Map<string, PresentTopic>();
  if (names.length === 0) return present;
  const [metadata, configs] = await Promise.all([
    patiently(PATIENCE_MS, () => admin.fetchTopicMetadata({ topics: names })),
    patiently(PATIENCE_MS, () =>
      admin.describeConfigs({
        resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
        includeSynonyms: false,
      }),
    ),
  ]);
  for (const { name, partitions } of metadata.topics) {
    const entries = configs.resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    const pairs = entries.map(({ configName, configValue }) => [configName, configValue] as const);
    const own = entries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
    present.set(name, {
      partitions: partitions.length,
      replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      settings: new Map(pairs),
      own: new Map(own.map(({ configName, configValue }) => [configName, configValue])),
    });
  }
  return present;
}

function changesOf(
  topic: Topic,
  present: PresentTopic | undefined,
  { replicationFactor }: TopicOptions,
): readonly TopicChange[] {
  const { name, partitions, retentionDays } = topic;
  if (present === undefined) {
    const words = `is missing: ${partitions} partition${partitions === 1 ? '' : 's'}, kept ${retentionDays} days, ${replicationFactor} cop${replicationFactor === 1 ? 'y' : 'ies'}`;
    return [{ topic: name, kind: 'create', words, needs: 'nothing' }];
  }
  const changes: TopicChange[] = [];
  if (present.partitions < partitions) {
    const words = `should have ${partitions} partitions, has ${present.partitions}; adding some moves keys, and their order over the change is lost: let every consumer come to its end first, and start the stores again after`;
    changes.push({ topic: name, kind: 'partitions', words, needs: 'add-partitions' });
  }
  if (present.partitions > partitions) {
    const words = `should have ${partitions} partitions, has ${present.partitions}; Kafka takes none away: raise the number in ingest/topics.ts, or move to a topic of a new version`;
    changes.push({ topic: name, kind: 'partitions', words, needs: 'a person' });
  }
  if (present.replicas !== replicationFactor) {
    const words = `should have ${replicationFactor} copies (kafka.replicationFactor), has ${present.replicas}; copies are moved with Kafka's kafka-reassign-partitions`;
    changes.push({ topic: name, kind: 'replication', words, needs: 'a person' });
  }
  for (const setting of settingsOf(topic, Math.min(replicationFactor, present.replicas))) {
    const found = present.settings.get(setting.name) ?? 'nothing';
    if (setting.isRight(found)) continue;
    const needs = isShortening(setting, found) ? 'shorten-retention' : 'nothing';
    changes.push({ topic: name, kind: 'setting', words: setting.words(found), needs });
  }
  return changes;
}

/** @param replicas copies that there are, or will be: writes stand still when more are waited for */
function settingsOf({ retentionDays }: Topic, replicas: number): readonly Setting[] {
  const exactly = (name: string, value: string): Setting => ({
    name,
    value,
    isRight: (found) => found === value,
    words: (found) => `${name} should be ${value}, is ${found}`,
  });
  return [
    exactly(RETENTION, String(retentionDays * MS_PER_DAY)),
    exactly('min.insync.replicas', String(Math.max(1, replicas - 1))),
    // Compaction would remove all but the last event of a visit.
    exactly('cleanup.policy', 'delete'),
    // A box with a wrong clock must not make its events expire.
    exactly('message.timestamp.type', 'LogAppendTime'),
    {
      name: 'max.message.bytes',
      value: String(BATCH_BYTES),
      isRight: (found) => Number(found) >= BATCH_BYTES,
      words: (found) => `max.message.bytes should be at least ${BATCH_BYTES}, is ${found}`,
    },
  ];
}

const RETENTION = 'retention.ms';

/** -1 keeps for ever. */
const isShortening = ({ name, value }: Setting, found: string): boolean =>
  name === RETENTION && (Number(found) < 0 || Number(found) > Number(value));

async function create(admin: Admin, topics: readonly Topic[], replicationFactor: number): Promise<void> {
  if (topics.length === 0) return;
  const wanted = topics.map((topic): ITopicConfig => ({
    topic: topic.name,
    numPartitions: topic.partitions,
    replicationFactor,
    configEntries: settingsOf(topic, replicationFactor).map(({ name, value }) => ({ name, value })),
  }));
  try {
    // Another process may make them at the same moment; that is as good.
    await patiently(PATIENCE_MS, () => admin.createTopics({ topics: wanted, waitForLeaders: true }));
  } catch (error) {
    if (brokerErrorOf(error) !== 'INVALID_REPLICATION_FACTOR') throw error;
    throw new UserError(
      'kafka.replication',
      `kafka.replicationFactor asks for ${replicationFactor} copies of each partition, but Kafka has fewer brokers that are up.`,
      'Start the missing brokers, or lower kafka.replicationFactor.',
      { cause: error },
    );
  }
}

/** The request replaces every setting of the topic itself, so those that are not ours go along. */
async function correct(
  admin: Admin,
  topic: Topic,
  present: PresentTopic,
  replicationFactor: number,
  mayShorten: boolean,
): Promise<void> {
  const entries = new Map(present.own);
  for (const setting of settingsOf(topic, Math.min(replicationFactor, present.replicas))) {
    const found = present.settings.get(setting.name) ?? '';
    if (setting.isRight(found)) continue;
    if (isShortening(setting, found) && !mayShorten) continue;
    entries.set(setting.name, setting.value);
  }
  const configEntries = [...entries].map(([name, value]) => ({ name, value }));
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic.name, configEntries }];
  await patiently(PATIENCE_MS, () => admin.alterConfigs({ validateOnly: false, resources }));
}
