import { UserError } from '../../runtime/errors.ts';
import type { EventLog, NewRecord, Position } from '../log/event-log.ts';
import { readTopic } from '../log/read-topic.ts';
import {
  DEAD_LETTERS_TOPIC,
  deadLetterOf,
  REPLAY_HEADER,
  replayedId,
  replayMarker,
  type DeadLetter,
} from './dead-letter.ts';

export interface ReplayReport {
  readonly replayed: readonly { readonly id: string; readonly to: Position }[];
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
}

/** `all`: every dead letter that waits, or every one that waits for the same reason; otherwise those with the given ids. */
export type Selection = 'all' | { readonly reason: string } | readonly string[];

/** What is asked of an event log here. */
type ReadableLog = Pick<EventLog, 'consume' | 'lag'>;

/** Every dead letter, oldest first; those that were put back say when. */
export async function listDeadLetters(log: ReadableLog): Promise<readonly DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  await readTopic(log, DEAD_LETTERS_TOPIC, (record) => {
    const replayed = replayedId(record);
    if (replayed !== null) {
      const letter = letters.get(replayed);
      if (letter) letters.set(replayed, { ...letter, replayedAtMs: record.appendedAtMs });
      return;
    }
    const letter = deadLetterOf(record);
    // A sink that was killed before it could commit refuses the same record again: still one letter.
    if (letter !== null && !letters.has(letter.id)) letters.set(letter.id, letter);
  });
  return [...letters.values()];
}

/**
 * One dead letter with its original bytes.
 * @throws UserError `dead-letters.unknown`
 */
export async function showDeadLetter(
  log: ReadableLog,
  id: string,
): Promise<DeadLetter & { readonly value: Uint8Array }> {
  const [letter] = await select(log, [id]);
  const values = await valuesOf(log, new Set([id]));
  return { ...letter!, value: values.get(id)! };
}

/**
 * Puts dead letters back where they came from: the original bytes, key and headers, and a header that names the letter.
 * A letter that was put back already is skipped, so replaying twice doubles nothing: record and marker are appended
 * together, which the embedded log does in one transaction. On a log where an append can be cut in two, a letter may come
 * twice after a crash, never not at all; the event's id then tells.
 * @throws UserError `dead-letters.unknown`
 */
export async function replayDeadLetters(
  log: ReadableLog & Pick<EventLog, 'append'>,
  selection: Selection,
): Promise<ReplayReport> {
  const letters = await select(log, selection);
  const topics = new Set((await log.lag(DEAD_LETTERS_TOPIC)).map(({ topic }) => topic));
  const skipped: { id: string; why: string }[] = [];
  const waiting = letters.filter(({ id, origin, replayedAtMs }) => {
    if (replayedAtMs !== null)
      skipped.push({ id, why: `replayed on ${new Date(replayedAtMs).toISOString()}` });
    else if (!topics.has(origin.topic))
      skipped.push({ id, why: `the log has no topic ${origin.topic} any more` });
    else return true;
    return false;
  });

  const replayed: { id: string; to: Position }[] = [];
  for (let at = 0; at < waiting.length; at += LETTERS_PER_APPEND) {
    const some = waiting.slice(at, at + LETTERS_PER_APPEND);
    const values = await valuesOf(log, new Set(some.map(({ id }) => id)));
    const originals = some.map((letter) => originalOf(letter, values.get(letter.id)!));
    const positions = await log.append([...originals, ...some.map(replayMarker)]);
    some.forEach(({ id }, index) => replayed.push({ id, to: positions[index]! }));
  }
  return { replayed, skipped };
}

const LETTERS_PER_APPEND = 500;

async function select(log: ReadableLog, selection: Selection): Promise<readonly DeadLetter[]> {
  const letters = await listDeadLetters(log);
  if (selection === 'all' || 'reason' in selection) {
    const waiting = letters.filter(({ replayedAtMs }) => replayedAtMs === null);
    return selection === 'all' ? waiting : waiting.filter(({ reason }) => reason === selection.reason);
  }
  const byId = new Map(letters.map((letter) => [letter.id, letter]));
  return [...new Set(selection)].map((id) => {
    const letter = byId.get(id);
    if (letter !== undefined) return letter;
    throw new UserError(
      'dead-letters.unknown',
      `Expected the id of a dead letter, such as store.presence.v1/2/417; there is none with the id "${id}".`,
      'Type "smart-store dead-letters list" to see them.',
    );
  });
}

/** The bytes of some letters; of a record that was refused twice, the first. */
async function valuesOf(
  log: ReadableLog,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const values = new Map<string, Uint8Array>();
  await readTopic(log, DEAD_LETTERS_TOPIC, (record) => {
    const id = deadLetterOf(record)?.id;
    if (id !== undefined && ids.has(id) && !values.has(id)) values.set(id, record.value);
  });
  return values;
}

function originalOf({ id, origin }: DeadLetter, value: Uint8Array): NewRecord {
  const { topic, key, headers } = origin;
  return { topic, key, value, headers: { ...headers, [REPLAY_HEADER]: id } };
}
