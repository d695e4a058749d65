import type { EventLog } from '../log/event-log.ts';
import { DEAD_LETTERS_TOPIC, type DeadLetter } from './dead-letter.ts';
import { replayDeadLetters, showDeadLetter, type ReplayReport, type Selection } from './dead-letters.ts';
import { surveyDeadLetters, type Survey } from './survey.ts';

/** What a page needs of the dead letters of a running store. */
export interface DeadLetterDesk {
  survey(): Promise<Survey>;
  /** @throws UserError `dead-letters.unknown` */
  show(id: string): Promise<DeadLetter & { readonly value: Uint8Array }>;
  /** One replay at a time: pressed twice, the second finds what the first has put back. @throws UserError `dead-letters.unknown` */
  replay(selection: Selection): Promise<ReplayReport>;
}

/** A group that never commits; asking how far it is behind tells where the topic ends. */
const END_OF_TOPIC = 'smart-store.dead-letter-desk';

export function createDeadLetterDesk(log: Pick<EventLog, 'append' | 'consume' | 'lag'>): DeadLetterDesk {
  let known: { readonly end: string; readonly survey: Promise<Survey> } | undefined;
  let replaying: Promise<unknown> = Promise.resolve();

  return {
    /** The topic is read again only when it has grown: pages that ask now and then cost next to nothing. */
    async survey() {
      const lines = (await log.lag(END_OF_TOPIC)).filter(({ topic }) => topic === DEAD_LETTERS_TOPIC);
      const end = lines.map(({ partition, endOffset }) => `${partition}:${endOffset}`).join();
      if (known?.end !== end) {
        const reading = { end, survey: surveyDeadLetters(log) };
        known = reading;
        reading.survey.catch(() => {
          if (known === reading) known = undefined;
        });
      }
      return known.survey;
    },
    show: (id) => showDeadLetter(log, id),
    replay(selection) {
      const mine = replaying.then(() => replayDeadLetters(log, selection));
      replaying = mine.catch(() => undefined);
      return mine;
    },
  };
}
