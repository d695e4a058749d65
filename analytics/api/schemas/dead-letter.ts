import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { UtcTime } from './time.ts';

/** A record that was refused and waits for a person. Its content is not in it. */
export const DeadLetterLine = Type.Object({
  id: Type.String({ description: 'the place of origin: topic/partition/offset' }),
  reason: Type.String({ description: 'what was expected and what kind of thing was found; never content' }),
  eventType: Nullable(
    Type.String({ description: 'the type that it says it has; null where that is unreadable' }),
  ),
  refusedAt: UtcTime,
  sizeBytes: Type.Integer(),
  replayedAt: Nullable(UtcTime),
  replayOf: Nullable(
    Type.String({ description: 'the letter whose replay was refused again and became this one' }),
  ),
});
export type DeadLetterLine = Type.Static<typeof DeadLetterLine>;

export const DeadLetters = Type.Object(
  {
    waiting: Type.Integer({ description: 'letters that were not put back' }),
    older: Type.Integer({
      description: 'letters too old to be told here, put back or not; the command line lists them',
    }),
    reasons: Type.Array(Type.Object({ reason: Type.String(), waiting: Type.Integer() }), {
      description: 'most frequent first, of letters that wait',
    }),
    moreReasons: Type.Integer({ description: 'how many further reasons there are' }),
    deadLetters: Type.Array(DeadLetterLine, { description: 'newest first' }),
    next: Nullable(Type.String({ description: 'ask for the page after this id; null on the last page' })),
  },
  { title: 'DeadLetters' },
);
export type DeadLetters = Type.Static<typeof DeadLetters>;

/** One letter with what it holds. */
export const DeadLetterContent = Type.Object(
  {
    ...DeadLetterLine.properties,
    warning: Type.String({ description: 'what to bear in mind before showing it to anybody' }),
    text: Nullable(Type.String({ description: 'the bytes as UTF-8; null where they are none' })),
    base64: Type.String({ description: 'the bytes as they were refused' }),
    truncated: Type.Boolean({ description: 'whether only the beginning is here' }),
  },
  { title: 'DeadLetterContent' },
);
export type DeadLetterContent = Type.Static<typeof DeadLetterContent>;

export const ReplayOutcome = Type.Object(
  {
    replayed: Type.Integer({ description: 'how many were put back into their topics' }),
    skipped: Type.Integer({ description: 'how many were left as they are' }),
    why: Type.Array(Type.String(), { description: 'why, each reason once' }),
  },
  { title: 'ReplayOutcome' },
);
export type ReplayOutcome = Type.Static<typeof ReplayOutcome>;
