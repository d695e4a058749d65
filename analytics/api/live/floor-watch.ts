import type { Logger } from '../../../runtime/logger.ts';
import type { FloorPort } from '../ports.ts';
import { wireEvent, type WireEvent } from './event-stream.ts';
import { floorSnapshotOf } from './floor-snapshot-of.ts';

/** Three times a second: walking people move 0.4 m in between, which the page smooths. */
const SNAPSHOT_MS = 333;
/** A floor on which nothing changes is told again so often, so that the page knows that it is not old. */
const UNCHANGED_MS = 3000;

export interface FloorWatch {
  /** The floor as it is now, for a page that has just come. */
  now(): WireEvent;
  close(): void;
}

/** Tells how the floor is, a few times a second, as long as somebody looks. */
export function watchFloor(
  floor: FloorPort,
  nameOf: (subjectKey: string) => string | undefined,
  tell: (event: WireEvent) => void,
  logger: Logger,
): FloorWatch {
  let told = '';
  let toldAtMs = 0;
  let failing = false;

  const snapshot = () => floorSnapshotOf(floor.snapshot(Date.now()), nameOf);
  const wire = (data: ReturnType<typeof snapshot>): WireEvent =>
    wireEvent({ name: 'floor', data }, { replaces: 'floor' });

  const timer = setInterval(() => {
    try {
      const data = snapshot();
      const content = JSON.stringify({ ...data, atMs: 0 });
      failing = false;
      if (content === told && Date.now() - toldAtMs < UNCHANGED_MS) return;
      told = content;
      toldAtMs = Date.now();
      tell(wire(data));
    } catch (error) {
      // Pages learn of it by hearing nothing; saying it once in the log is enough.
      if (!failing) logger.error({ err: error }, 'the floor could not be told');
      failing = true;
    }
  }, SNAPSHOT_MS);
  timer.unref();

  return { now: () => wire(snapshot()), close: () => clearInterval(timer) };
}
