import type { LogRecord, NewRecord, Position } from '../log/event-log.ts';

/** Where records wait that a sink could not take. */
export const DEAD_LETTERS_TOPIC = 'store.dead-letters.v1';

/** A record that was refused: where it came from and why. Its bytes are read by `showDeadLetter` alone. */
export interface DeadLetter {
  /** The place of origin, `topic/partition/offset`: a record that is refused twice is one dead letter. */
  readonly id: string;
  readonly reason: string;
  readonly origin: Position & {
    readonly key: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly appendedAtMs: number;
  };
  readonly sizeBytes: number;
  readonly deadSinceMs: number;
  /** When it was put back into its topic; null while it waits. */
  readonly replayedAtMs: number | null;
}

/** The header of a replayed record: the id of the dead letter that it was. */
export const REPLAY_HEADER = 'replay-of';

/**
 * The record that keeps a refused record: the value is the original bytes, untouched; headers tell the rest.
 * @param reason without content; it is shown in lists and logs
 */
export function deadLetterRecord(origin: LogRecord, reason: string): NewRecord {
  return {
    topic: DEAD_LETTERS_TOPIC,
    key: originKey(origin),
    value: origin.value,
    headers: {
      [HEADER.reason]: reason,
      [HEADER.topic]: origin.topic,
      [HEADER.partition]: String(origin.partition),
      [HEADER.offset]: String(origin.offset),
      [HEADER.key]: origin.key,
      [HEADER.headers]: JSON.stringify(origin.headers),
      [HEADER.appendedAtMs]: String(origin.appendedAtMs),
    },
  };
}

/** Says in the dead letters that one of them has been put back. It lies behind the letter and so outlives it. */
export function replayMarker(letter: DeadLetter): NewRecord {
  return {
    topic: DEAD_LETTERS_TOPIC,
    key: originKey(letter.origin),
    value: new Uint8Array(),
    headers: { [HEADER.replayed]: letter.id },
  };
}

/** The id in a {@link replayMarker}; null for any other record. */
export function replayedId(record: LogRecord): string | null {
  return record.headers[HEADER.replayed] ?? null;
}

/** Reads what {@link deadLetterRecord} wrote; null for a record that is no dead letter. */
export function deadLetterOf(record: LogRecord): DeadLetter | null {
  const reason = record.headers[HEADER.reason];
  const topic = record.headers[HEADER.topic];
  const partition = Number(record.headers[HEADER.partition]);
  const offset = Number(record.headers[HEADER.offset]);
  if (reason === undefined || topic === undefined) return null;
  const headers = headersOf(record.headers[HEADER.headers] ?? '{}');
  if (!Number.isSafeInteger(partition) || !Number.isSafeInteger(offset) || headers === null) return null;
  return {
    id: `${topic}/${partition}/${offset}`,
    reason,
    origin: {
      topic,
      partition,
      offset,
      key: record.headers[HEADER.key] ?? '',
      headers,
      appendedAtMs: Number(record.headers[HEADER.appendedAtMs]),
    },
    sizeBytes: record.value.byteLength,
    deadSinceMs: record.appendedAtMs,
    replayedAtMs: null,
  };
}

const HEADER = {
  reason: 'dead-letter-reason',
  topic: 'dead-letter-topic',
  partition: 'dead-letter-partition',
  offset: 'dead-letter-offset',
  key: 'dead-letter-key',
  headers: 'dead-letter-headers',
  appendedAtMs: 'dead-letter-appended-at-ms',
  replayed: 'dead-letter-replayed',
} as const;

function originKey({ topic, partition }: Position): string {
  return `${topic}/${partition}`;
}

function headersOf(json: string): Record<string, string> | null {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null) return null;
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
  } catch {
    return null;
  }
}
