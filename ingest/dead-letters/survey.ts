import type { EventLog, LogRecord } from '../log/event-log.ts';
import { readTopic } from '../log/read-topic.ts';
import {
  DEAD_LETTERS_TOPIC,
  deadLetterOf,
  REPLAY_HEADER,
  replayedId,
  type DeadLetter,
} from './dead-letter.ts';

/** A dead letter with what can be told of its content without showing it. */
export interface SurveyedLetter extends DeadLetter {
  /** The type that the refused event said it has; null where it can't be read. */
  readonly eventType: string | null;
  /** The letter whose replay was refused and became this one. */
  readonly replayOf: string | null;
}

export interface Survey {
  /** The newest letters, newest first, those that were put back among them. */
  readonly letters: readonly SurveyedLetter[];
  /** How many older ones there are that are not among them, put back or not. */
  readonly older: number;
}

/** A dead letter is a few hundred bytes in memory; more than this nobody looks through by hand. */
const LETTERS_KEPT = 10_000;
/** What is larger isn't parsed to find out what it calls itself. */
const PARSED_BYTES = 64 * 1024;

/** Reads the dead letters once, with a bound on what is held in memory however many there are. */
export async function surveyDeadLetters(
  log: Pick<EventLog, 'consume' | 'lag'>,
  keep = LETTERS_KEPT,
): Promise<Survey> {
  const letters = new Map<string, SurveyedLetter>();
  let older = 0;
  await readTopic(log, DEAD_LETTERS_TOPIC, (record) => {
    const replayed = replayedId(record);
    if (replayed !== null) {
      const letter = letters.get(replayed);
      if (letter) letters.set(replayed, { ...letter, replayedAtMs: record.appendedAtMs });
      return;
    }
    const letter = surveyed(record);
    if (letter === null || letters.has(letter.id)) return;
    letters.set(letter.id, letter);
    if (letters.size <= keep) return;
    const [oldest] = letters.keys();
    letters.delete(oldest!);
    older += 1;
  });
  return { letters: [...letters.values()].reverse(), older };
}

function surveyed(record: LogRecord): SurveyedLetter | null {
  const letter = deadLetterOf(record);
  if (letter === null) return null;
  return {
    ...letter,
    eventType: eventTypeOf(record.value),
    replayOf: letter.origin.headers[REPLAY_HEADER] ?? null,
  };
}

/** Only what has the form of an event type is told: anything else could be content. */
function eventTypeOf(value: Uint8Array): string | null {
  if (value.byteLength > PARSED_BYTES) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value).toString('utf8'));
    const type: unknown =
      typeof parsed === 'object' && parsed !== null && 'type' in parsed ? parsed.type : null;
    return typeof type === 'string' && /^[a-z]{1,20}\.[a-z-]{1,20}$/.test(type) ? type : null;
  } catch {
    return null;
  }
}
