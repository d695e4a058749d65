import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  PartitionLost,
  type Batch,
  type CommittedOffset,
  type ConsumeOptions,
  type Consumer,
  type LogRecord,
} from './event-log.ts';

/** What a group needs of the log beneath it. */
export interface GroupSource {
  /** Ids of a topic's partitions, in order. */
  partitionsOf(topic: string): readonly { readonly id: number; readonly partition: number }[];
  /** One past the last record. */
  endOffset(partitionId: number): number;
  read(partitionId: number, offset: number, maxRecords: number): readonly LogRecord[];
  /** Offset of the first record that was appended at or after `appendedAtMs`; the end where there is none. */
  offsetAt(partitionId: number, appendedAtMs: number): number;
  /** The group's place; `nextOffset` 0 where it has none. */
  committed(group: string, partitionId: number): CommittedOffset;
  commit(group: string, partitionId: number, offset: CommittedOffset): Promise<void>;
}

/** The consumers of one group in this process: each partition belongs to one of them at a time. */
export interface ConsumerGroup {
  join(options: ConsumeOptions): Consumer;
  /** Tells the consumers that there may be new records. */
  wake(): void;
  /** Closes every consumer, waiting for the batches in hand. */
  close(): Promise<void>;
  readonly size: number;
}

/** One partition's state within the group. */
interface Assignment {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  owner: Member | null;
  /** The next offset to deliver; null until the owner has looked up where the group stands. */
  position: number | null;
  committed: CommittedOffset;
  inHand: boolean;
  /** When an incomplete batch was first seen; it is handed over `maxWaitMs` later. */
  incompleteSinceMs: number | null;
}

interface Member {
  readonly options: ConsumeOptions;
  readonly maxRecords: number;
  readonly maxWaitMs: number;
  closing: boolean;
  /** A wake-up that came while the member was busy. */
  woken: boolean;
  rouse: (() => void) | null;
}

/** Whether a group has no place in a partition yet. */
export function isNewGroup({ nextOffset, metadata }: CommittedOffset): boolean {
  return nextOffset === 0 && metadata === '';
}

const DEFAULT_MAX_RECORDS = 500;

/**
 * Shares partitions out as Kafka's groups do: round robin over the members in the order in which they joined. A partition
 * changes hands only between batches, and its new owner begins at the committed offset.
 */
export function createConsumerGroup(name: string, source: GroupSource): ConsumerGroup {
  const assignments = new Map<number, Assignment>();
  const members: Member[] = [];
  const consumers = new Set<Consumer>();
  /** A partition should change hands, but its batch is still in work. */
  let isHandoverDue = false;

  function share(): void {
    let turn = 0;
    isHandoverDue = false;
    for (const assignment of assignments.values()) {
      const candidates = members.filter((member) => member.options.topics.includes(assignment.topic));
      const owner = candidates[turn % Math.max(candidates.length, 1)] ?? null;
      if (owner !== null) turn += 1;
      if (owner === assignment.owner) continue;
      if (assignment.inHand) {
        isHandoverDue = true;
        continue;
      }
      assignment.owner = owner;
      assignment.position = null;
      assignment.incompleteSinceMs = null;
    }
    for (const member of members) wakeMember(member);
  }

  function addPartitions(topics: readonly string[]): void {
    for (const topic of topics) {
      for (const { id, partition } of source.partitionsOf(topic)) {
        if (assignments.has(id)) continue;
        assignments.set(id, {
          id,
          topic,
          partition,
          owner: null,
          position: null,
          committed: { nextOffset: 0, metadata: '' },
          inHand: false,
          incompleteSinceMs: null,
        });
      }
    }
  }

  async function run(member: Member): Promise<void> {
    let lastId = -1;
    await nextTurn();
    while (!member.closing) {
      const next = nextBatch(member, lastId);
      if (typeof next === 'number') {
        await sleep(member, next);
        continue;
      }
      lastId = next.assignment.id;
      await deliver(member, next.assignment, next.records);
      // A handler that never waits for anything would otherwise keep timers and sockets from their turn.
      await nextTurn();
    }
  }

  /** The next batch after partition `lastId`, round robin, or how many milliseconds until one is due. */
  function nextBatch(member: Member, lastId: number): Ready | number {
    let waitMs = Infinity;
    for (const assignment of startingAfter([...assignments.values()], lastId)) {
      if (assignment.owner !== member || assignment.inHand) continue;
      const position = (assignment.position ??= lookUp(assignment, member.options.beginAtMs));
      const available = source.endOffset(assignment.id) - position;
      if (available <= 0) continue;
      if (available < member.maxRecords && member.maxWaitMs > 0) {
        assignment.incompleteSinceMs ??= performance.now();
        const leftMs = assignment.incompleteSinceMs + member.maxWaitMs - performance.now();
        if (leftMs > 0) {
          waitMs = Math.min(waitMs, leftMs);
          continue;
        }
      }
      assignment.incompleteSinceMs = null;
      const records = source.read(assignment.id, position, member.maxRecords);
      if (records.length > 0) return { assignment, records };
      assignment.position = source.endOffset(assignment.id);
    }
    return waitMs;
  }

  function lookUp(assignment: Assignment, beginAtMs: number | undefined): number {
    assignment.committed = source.committed(name, assignment.id);
    const { nextOffset } = assignment.committed;
    if (beginAtMs !== undefined && isNewGroup(assignment.committed)) {
      return source.offsetAt(assignment.id, beginAtMs);
    }
    const endOffset = source.endOffset(assignment.id);
    if (nextOffset > endOffset) {
      throw new Error(
        `Group ${name} stands at offset ${nextOffset} of ${assignment.topic}, partition ${assignment.partition}, ` +
          `but the log ends at ${endOffset}: it was replaced by an older copy.`,
      );
    }
    return nextOffset;
  }

  async function deliver(
    member: Member,
    assignment: Assignment,
    records: readonly LogRecord[],
  ): Promise<void> {
    assignment.inHand = true;
    assignment.position = records.at(-1)!.offset + 1;
    const batch: Batch = {
      topic: assignment.topic,
      partition: assignment.partition,
      records,
      committed: assignment.committed,
      commit: (nextOffset, metadata = '') => commit(member, assignment, { nextOffset, metadata }),
    };
    try {
      await member.options.onBatch(batch);
    } finally {
      assignment.inHand = false;
      if (isHandoverDue) share();
    }
  }

  async function commit(member: Member, assignment: Assignment, offset: CommittedOffset): Promise<void> {
    const place = `${assignment.topic}, partition ${assignment.partition}`;
    if (assignment.owner !== member) {
      throw new PartitionLost(`Group ${name} can't commit: ${place} has moved to another consumer.`);
    }
    const { nextOffset } = offset;
    if (!Number.isSafeInteger(nextOffset) || nextOffset < 0 || nextOffset > source.endOffset(assignment.id)) {
      throw new RangeError(
        `Group ${name} can't commit offset ${nextOffset} of ${place}: expected 0 to ${source.endOffset(assignment.id)}.`,
      );
    }
    await source.commit(name, assignment.id, offset);
    assignment.committed = offset;
  }

  function leave(member: Member): void {
    members.splice(members.indexOf(member), 1);
    share();
  }

  return {
    join(options) {
      const member: Member = {
        options,
        maxRecords: options.maxRecords ?? DEFAULT_MAX_RECORDS,
        maxWaitMs: options.maxWaitMs ?? 0,
        closing: false,
        woken: false,
        rouse: null,
      };
      addPartitions(options.topics);
      members.push(member);
      share();
      const closed = run(member).finally(() => {
        consumers.delete(consumer);
        leave(member);
      });
      const consumer: Consumer = {
        closed,
        async close() {
          member.closing = true;
          wakeMember(member);
          // Whoever waits on `closed` hears of a failure; closing is done either way.
          await closed.catch(() => undefined);
        },
      };
      consumers.add(consumer);
      return consumer;
    },
    wake() {
      for (const member of members) wakeMember(member);
    },
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()));
    },
    get size() {
      return consumers.size;
    },
  };
}

interface Ready {
  readonly assignment: Assignment;
  readonly records: readonly LogRecord[];
}

function startingAfter(assignments: readonly Assignment[], lastId: number): readonly Assignment[] {
  const next = assignments.findIndex(({ id }) => id === lastId) + 1;
  return [...assignments.slice(next), ...assignments.slice(0, next)];
}

function wakeMember(member: Member): void {
  member.woken = true;
  member.rouse?.();
}

/** Sleeps until the time is over or somebody wakes the member; returns at once when that happened meanwhile. */
async function sleep(member: Member, waitMs: number): Promise<void> {
  if (!member.woken) {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      member.rouse = resolve;
      if (Number.isFinite(waitMs)) timer = setTimeout(resolve, waitMs);
    });
    clearTimeout(timer);
    member.rouse = null;
  }
  member.woken = false;
}
