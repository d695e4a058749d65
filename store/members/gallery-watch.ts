import { messageOf } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Database } from '../database/database.ts';
import { integerColumn } from '../database/row.ts';

/** Tells listeners when templates came or went, in this process or another one that has the same database open. */
export interface GalleryWatch {
  /** From now on; the first call comes soon in any case, for what changed while nobody watched. */
  onChanged(listener: () => void): () => void;
  /** Looks now; answers when the listeners have been told. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** How often to look whether another process has changed the gallery, milliseconds; asking costs microseconds. */
const POLL_MS = 250;

export function createGalleryWatch(options: {
  readonly database: Database;
  readonly logger: Logger;
  /** Called when another process has written anything. */
  readonly onForeignChange: () => Promise<void>;
}): GalleryWatch {
  const { database, logger, onForeignChange } = options;
  const listeners = new Set<() => void>();
  let seenRevision: number | undefined;
  let seenMarker: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let closed = false;

  const look = async (): Promise<void> => {
    const [row] = await database.all('SELECT revision FROM gallery');
    const revision = row === undefined ? undefined : integerColumn(row, 'revision');
    if (revision === seenRevision) return;
    seenRevision = revision;
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        logger.error({ reason: messageOf(error) }, 'a listener of the gallery failed');
      }
    }
  };
  const poll = async (): Promise<void> => {
    try {
      const marker = await database.changeMarker();
      if (marker !== seenMarker) {
        if (seenMarker !== undefined) await onForeignChange();
        seenMarker = marker;
        await look();
      }
    } catch (error) {
      logger.error({ reason: messageOf(error) }, 'the gallery could not be watched; trying again');
    }
    schedule();
  };
  const schedule = (): void => {
    if (closed) return;
    timer = setTimeout(() => {
      looking = poll();
    }, POLL_MS);
  };
  return {
    onChanged: (listener) => {
      listeners.add(listener);
      if (timer === undefined) schedule();
      return () => listeners.delete(listener);
    },
    look,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
