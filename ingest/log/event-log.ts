/** The event log port: what Kafka and the embedded log both are to the rest of the store. */
export interface EventLog {
  /** Appends in order. Resolves when every record is durable; on rejection none or some may have been appended. */
  append(records: readonly NewRecord[]): Promise<readonly Position[]>;
  /**
   * Joins a consumer group and calls `onBatch` with records of one partition at a time, in offset order. A first-time
   * group begins at the earliest record, or at `beginAtMs`. Delivery continues after the last delivered record; a restarted group continues
   * at its committed offset. A rejected `onBatch` ends the consumer, `closed` rejects with it.
   */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** How far a group is behind, a line a partition; one that has no place yet is counted from `beginAtMs`, or the start. */
  lag(group: string, beginAtMs?: number): Promise<readonly PartitionLag[]>;
  close(): Promise<void>;
}

export interface NewRecord {
  readonly topic: string;
  /** Records with one key go to one partition and keep their order. */
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A record's place in the log. Offsets are whole numbers that grow by one within a partition. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface LogRecord extends Position {
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** When the log took it, milliseconds since 1970, UTC. */
  readonly appendedAtMs: number;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  /** Never empty; offsets ascend (they may have gaps where retention removed records). */
  readonly records: readonly LogRecord[];
  /** What this group had committed for this partition when the batch was handed over. */
  readonly committed: CommittedOffset;
  /**
   * Records `nextOffset` as the group's place, with a note that comes back after a restart. Durable when it resolves.
   * @throws PartitionLost
   */
  commit(nextOffset: number, metadata?: string): Promise<void>;
}

/**
 * Thrown by `commit` when the partition belongs to another consumer by now: nothing was committed, and the records since
 * the last commit are delivered to that one. It is no failure of the log; `onBatch` may end with it or without.
 */
export class PartitionLost extends Error {
  override readonly name = 'PartitionLost';
}

export interface CommittedOffset {
  /** The first offset that is not yet processed; 0 for a new group. */
  readonly nextOffset: number;
  readonly metadata: string;
}

export interface ConsumeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly maxRecords?: number;
  /** How long to wait for more records before a smaller batch is handed over. */
  readonly maxWaitMs?: number;
  /**
   * Where a group begins that has no place yet: at the first record that the log took at or after this time (milliseconds
   * since 1970); without it at the earliest record. A group that has committed goes on where it was.
   */
  readonly beginAtMs?: number;
  readonly onBatch: (batch: Batch) => Promise<void>;
}

export interface Consumer {
  /** Settles when the consumer has stopped: fulfilled after `close`, rejected when `onBatch` or the log failed. */
  readonly closed: Promise<void>;
  /** Waits for the batch in hand, then leaves the group. */
  close(): Promise<void>;
}

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly committedOffset: number;
  /** One past the last record. */
  readonly endOffset: number;
  readonly lag: number;
}
