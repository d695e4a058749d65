import { messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';

/** What was opened, closed in the opposite order; one that fails to close does not keep the others open. */
export interface Closing {
  add(name: string, close: () => Promise<unknown> | undefined): void;
  closeAll(): Promise<void>;
}

export function createClosing(logger: Logger): Closing {
  const steps: { name: string; close: () => Promise<unknown> | undefined }[] = [];
  return {
    add(name, close) {
      steps.push({ name, close });
    },
    async closeAll() {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step.close();
          logger.debug({ name: step.name }, 'closed');
        } catch (thrown) {
          logger.error({ name: step.name, reason: messageOf(thrown) }, 'did not close cleanly');
        }
      }
    },
  };
}
