import { messageOf } from '../../runtime/errors.ts';
import { createLogger, type Logger } from '../../runtime/logger.ts';
import { TOPICS, type Topic } from '../topics.ts';
import { createConsumerGroup, type ConsumerGroup, type GroupSource, isNewGroup } from './consumer-group.ts';
import { openEmbeddedStorage, type EmbeddedStorage, type StoredPartition } from './embedded-storage.ts';
import type { EventLog, NewRecord, PartitionLag, Position } from './event-log.ts';
import { createGroupCommit } from './group-commit.ts';
import { takeOwnerLock, type OwnerLock } from './owner-lock.ts';
import { partitionOf } from './partitioner.ts';
import { checkConsumeOptions, checkRecord } from './request-checks.ts';

export interface EmbeddedLogOptions {
  /** The log's file; SQLite keeps `-wal` and `-shm`, the log an `.owner` file beside it. */
  readonly path: string;
  readonly topics?: readonly Topic[];
  /**
   * `owner` (default): the one store that consumes, commits and removes old records. `guest`: a tool beside a running
   * store; it reads and appends, but moves no group's place.
   */
  readonly access?: 'owner' | 'guest';
  /** Milliseconds since 1970, UTC; stamps records and ages them. */
  readonly clock?: () => number;
  readonly logger?: Logger;
}

export interface EmbeddedLog extends EventLog {
  /** Removes records past their topic's retention now; it also happens by itself every hour. */
  removeExpired(): Promise<readonly RemovedRecords[]>;
}

export interface RemovedRecords {
  readonly topic: string;
  readonly partition: number;
  readonly removed: number;
  /** Groups that had not come so far: for them these records are lost. */
  readonly unreadBy: readonly string[];
}

const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** How often a log that has consumers asks whether another process has appended. Own appends are noticed at once. */
const FOREIGN_POLL_MS = 250;
const RETENTION_EVERY_MS = 3_600_000;
/** Records removed in one transaction, so that removing a month's records never holds up the others. */
const REMOVED_AT_ONCE = 2000;
const MS_PER_DAY = 86_400_000;

/**
 * Opens the event log of one machine: a SQLite file in WAL mode. What `append` acknowledged survives `kill -9` and a
 * power cut; consumers are woken by appends.
 * @throws UserError `log.in-use`, `log.missing` (guest), `log.unreadable`, `log.newer`, `log.partitions`
 */
export function openEmbeddedLog(options: EmbeddedLogOptions): EmbeddedLog {
  const { path, topics = TOPICS, access = 'owner', clock = Date.now } = options;
  const logger = options.logger ?? createLogger('event-log');
  const isOwner = access === 'owner';
  const storage = openEmbeddedStorage(path, topics, isOwner);
  const lock = isOwner ? lockOrClose(path, storage) : null;
  const retentionMs = new Map(topics.map(({ name, retentionDays }) => [name, retentionDays * MS_PER_DAY]));

  /** What readers see, and what the transaction in work makes of it. */
  let partitions: ReadonlyMap<number, StoredPartition> = indexById(storage.partitions());
  let draft = new Map(partitions);
  const byTopic = groupByTopic(partitions.values());
  const partitionsOf = (topic: string): readonly StoredPartition[] => byTopic.get(topic) ?? [];
  const groups = new Map<string, ConsumerGroup>();
  const writes = createGroupCommit(
    (work) => {
      storage.transaction(() => {
        // Read anew each time: a guest in another process may have appended.
        draft = indexById(storage.partitions());
        work();
      });
    },
    () => publish(draft),
  );

  let foreignVersion = storage.foreignVersion();
  let poll: NodeJS.Timeout | undefined;
  let removing: Promise<unknown> = Promise.resolve();
  const retention = isOwner ? setInterval(removeInBackground, RETENTION_EVERY_MS).unref() : undefined;
  if (isOwner) setImmediate(removeInBackground);
  let state: 'open' | 'closing' | 'closed' = 'open';
  let closed: Promise<void> | undefined;

  function publish(next: ReadonlyMap<number, StoredPartition>): void {
    const grew = [...next.values()].some(({ id, endOffset }) => endOffset !== partitions.get(id)?.endOffset);
    partitions = next;
    if (grew) for (const group of groups.values()) group.wake();
  }

  function noticeForeignAppends(): void {
    if ([...groups.values()].every((group) => group.size === 0)) {
      clearInterval(poll);
      poll = undefined;
      return;
    }
    const version = storage.foreignVersion();
    if (version === foreignVersion) return;
    foreignVersion = version;
    publish(indexById(storage.partitions()));
  }

  function removeInBackground(): void {
    if (state !== 'open') return;
    removeExpired().catch((error: unknown) => {
      logger.error({ reason: messageOf(error) }, 'old records could not be removed from the event log');
    });
  }

  function removeExpired(): Promise<readonly RemovedRecords[]> {
    const done = removing.then(removeFromAll);
    // The next one waits for this one however it ends; who asked for it hears of a failure.
    removing = done.catch(() => undefined);
    return done;
  }

  async function removeFromAll(): Promise<readonly RemovedRecords[]> {
    if (!isOwner) throw new Error('Only the owner of the event log removes old records.');
    const removed: RemovedRecords[] = [];
    for (const { id, topic, partition } of partitions.values()) {
      const ageMs = retentionMs.get(topic);
      if (ageMs === undefined || state !== 'open') continue;
      const count = await removeFrom(id, clock() - ageMs);
      if (count === 0) continue;
      const firstOffset = partitions.get(id)?.firstOffset ?? 0;
      const unreadBy = storage.groupsAt(id).filter(({ nextOffset }) => nextOffset < firstOffset);
      const entry = { topic, partition, removed: count, unreadBy: unreadBy.map(({ group }) => group) };
      removed.push(entry);
      if (unreadBy.length > 0)
        logger.warn(entry, 'records expired before every consumer group had read them');
      else logger.info(entry, 'expired records removed');
    }
    return removed;
  }

  async function removeFrom(id: number, cutoffMs: number): Promise<number> {
    let total = 0;
    for (;;) {
      const count = await writes.write(REMOVED_AT_ONCE, () => {
        const partition = draft.get(id)!;
        const removedNow = storage.removeBefore(partition, cutoffMs, REMOVED_AT_ONCE);
        draft.set(id, { ...partition, firstOffset: partition.firstOffset + removedNow });
        return removedNow;
      });
      total += count;
      if (count < REMOVED_AT_ONCE || state !== 'open') return total;
    }
  }

  function partitionIdOf(record: NewRecord): number {
    const ofTopic = partitionsOf(record.topic);
    const id = ofTopic[partitionOf(record.key, ofTopic.length)]?.id;
    if (id === undefined) throw unknownTopic(record.topic);
    return id;
  }

  /** Inside a transaction. */
  function store(records: readonly NewRecord[], ids: readonly number[]): readonly Position[] {
    const appendedAtMs = clock();
    const byPartition = new Map<number, NewRecord[]>();
    const positions = records.map((record, index) => {
      const partition = draft.get(ids[index]!)!;
      const before = byPartition.get(partition.id) ?? [];
      byPartition.set(partition.id, before);
      before.push(record);
      const offset = partition.endOffset + before.length - 1;
      return { topic: partition.topic, partition: partition.partition, offset };
    });
    for (const [id, ofPartition] of byPartition) {
      const partition = draft.get(id)!;
      storage.insert(id, partition.endOffset, ofPartition, appendedAtMs);
      draft.set(id, { ...partition, endOffset: partition.endOffset + ofPartition.length });
    }
    return positions;
  }

  const source: GroupSource = {
    partitionsOf,
    endOffset: (id) => partitions.get(id)?.endOffset ?? 0,
    read: (id, offset, maxRecords) => storage.read(partitions.get(id)!, offset, maxRecords, MAX_BATCH_BYTES),
    offsetAt: (id, appendedAtMs) => storage.offsetAt(partitions.get(id)!, appendedAtMs),
    committed: (group, id) => storage.committed(group, id),
    async commit(group, id, offset) {
      if (!isOwner) throw new Error(`A guest of the event log can't commit for group ${group}.`);
      if (state === 'closed') throw new Error(CLOSED);
      await writes.write(1, () => storage.commit(group, id, offset));
    },
  };

  async function closeAll(): Promise<void> {
    state = 'closing';
    clearInterval(retention);
    await removing;
    // Batches in hand may still append and commit, so the writes end after them.
    await Promise.all([...groups.values()].map((group) => group.close()));
    state = 'closed';
    await writes.drain();
    clearInterval(poll);
    storage.close();
    lock?.release();
  }

  return {
    async append(records) {
      if (state === 'closed') throw new Error(CLOSED);
      records.forEach(checkRecord);
      if (records.length === 0) return [];
      const ids = records.map(partitionIdOf);
      return writes.write(records.length, () => store(records, ids));
    },

    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous: on a broker joining takes time
    async consume(consumeOptions) {
      if (state !== 'open') throw new Error(CLOSED);
      checkConsumeOptions(consumeOptions);
      for (const topic of consumeOptions.topics) {
        if (partitionsOf(topic).length === 0) throw unknownTopic(topic);
      }
      const group = groups.get(consumeOptions.group) ?? createConsumerGroup(consumeOptions.group, source);
      groups.set(consumeOptions.group, group);
      poll ??= setInterval(noticeForeignAppends, FOREIGN_POLL_MS);
      return group.join(consumeOptions);
    },

    // eslint-disable-next-line @typescript-eslint/require-await -- as above
    async lag(group, beginAtMs) {
      if (state === 'closed') throw new Error(CLOSED);
      return storage.partitions().map((stored) => {
        const committed = storage.committed(group, stored.id);
        const begin =
          beginAtMs !== undefined && isNewGroup(committed)
            ? storage.offsetAt(stored, beginAtMs)
            : committed.nextOffset;
        return lagOf(stored, committed.nextOffset, begin);
      });
    },

    removeExpired,

    close: () => (closed ??= closeAll()),
  };
}

const CLOSED = 'The event log is closed.';

function lockOrClose(path: string, storage: EmbeddedStorage): OwnerLock {
  try {
    return takeOwnerLock(path);
  } catch (error) {
    storage.close();
    throw error;
  }
}

function indexById(partitions: readonly StoredPartition[]): Map<number, StoredPartition> {
  return new Map(partitions.map((partition) => [partition.id, partition]));
}

/** Ids and numbers only: a log's partitions stay the same while it is open, their offsets do not. */
function groupByTopic(
  partitions: Iterable<StoredPartition>,
): ReadonlyMap<string, readonly StoredPartition[]> {
  const byTopic = new Map<string, StoredPartition[]>();
  for (const partition of partitions) {
    const ofTopic = byTopic.get(partition.topic) ?? [];
    byTopic.set(partition.topic, ofTopic);
    ofTopic.push(partition);
  }
  return byTopic;
}

function lagOf(stored: StoredPartition, committedOffset: number, begin: number): PartitionLag {
  const { topic, partition, firstOffset, endOffset } = stored;
  // What retention removed can't be caught up with any more.
  return {
    topic,
    partition,
    committedOffset,
    endOffset,
    lag: endOffset - Math.max(begin, firstOffset),
  };
}

function unknownTopic(topic: string): Error {
  return new Error(`The event log has no topic ${topic}; topics are named in ingest/topics.ts.`);
}
