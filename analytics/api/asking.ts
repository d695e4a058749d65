import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import { ApiError } from './errors.ts';

/** Asks ClickHouse. Throws ApiError `analytics.unavailable` when it does not answer. */
export type Ask = <Answer>(question: (client: ClickHouseClient) => Promise<Answer>) => Promise<Answer>;

/** Less than what the page waits for the API, so that the page hears the reason. */
const ANSWER_LIMIT_MS = 8000;
/** ClickHouse's codes for "no such table" and "no such database": it answers, but the store has not made them yet. */
const NOT_READY_CODES = ['60', '81'];

/** Tells "ClickHouse is not there" from a question that it refuses: the second is a mistake of ours. */
export function askingOf(client: ClickHouseClient): Ask {
  return async (question) => {
    try {
      return await withinLimit(question(client));
    } catch (error) {
      const ours =
        error instanceof TypeError ||
        (error instanceof ClickHouseError && !NOT_READY_CODES.includes(error.code));
      if (ours) throw error;
      throw new ApiError('analytics.unavailable', 'It starts again by itself; try again in a moment.', {
        cause: error,
      });
    }
  };
}

/** A database that hangs is as good as none to somebody who looks at a page. The question itself may go on. */
async function withinLimit<Answer>(question: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`ClickHouse was silent for ${ANSWER_LIMIT_MS} ms`)),
      ANSWER_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([question, limit]);
  } finally {
    clearTimeout(timer);
  }
}
