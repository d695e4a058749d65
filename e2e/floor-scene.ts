import type { FloorPort } from '../analytics/api/ports.ts';
import { createFloorPort, floorSettingOf } from '../bin/floor-port.ts';
import { loadDeployment } from '../config/load.ts';
import type { Camera } from '../config/schema.ts';
import type { StoreEvent } from '../ingest/events/envelope.ts';
import { newTrackId, toCameraId, toStoreId, type TrackId } from '../runtime/ids.ts';
import { ROOT } from '../runtime/paths.ts';
import type { FloorPoint } from '../vision/floor/sighting.ts';
import type { Moment } from '../vision/moments/moment.ts';
import { createPresence } from '../vision/moments/presence.ts';

/** The demo's floor with the real presence behind it; the test says what the ceiling cameras saw. */
export interface FloorScene {
  readonly port: FloorPort;
  readonly cameras: readonly Camera[];
  /** Tells presence a moment, and whoever listens the events that come of it. */
  handle(moment: Moment): void;
  /** Somebody comes into the sight of a ceiling camera, which looks five times a second from now on. */
  person(cameraId: string, place: FloorPoint): Walker;
  close(): void;
}

export interface Walker {
  /** Walks there, a metre and a half a second. */
  goTo(place: FloorPoint): void;
}

const LOOK_MS = 200;
const STEP_METRES = 0.3;

export function createFloorScene(write: (events: readonly StoreEvent[]) => void): FloorScene {
  const store = loadDeployment(`${ROOT}config/demo/store.yaml`).stores[0]!;
  const floor = floorSettingOf(store);
  if (floor === undefined) throw new Error('the demo has no ceiling camera');
  const presence = createPresence({
    storeId: toStoreId(store.id),
    assumedStayMs: store.visits.assumedStayMinutes * 60_000,
    isSimulated: () => true,
    floor,
  });
  const port = createFloorPort(store, presence, write);
  if (port === undefined) throw new Error('presence has no floor');
  const handle = (moment: Moment): void => write(presence.handle(moment));
  const people: { cameraId: string; trackId: TrackId; place: FloorPoint; goal: FloorPoint }[] = [];
  const looking = setInterval(() => {
    for (const person of people) person.place = stepTo(person.place, person.goal);
    for (const cameraId of new Set(people.map((person) => person.cameraId))) {
      const seen = people.filter((person) => person.cameraId === cameraId);
      handle({
        kind: 'tracks',
        cameraId: toCameraId(cameraId),
        atMs: Date.now(),
        tracks: seen.map(({ trackId, place }) => ({ trackId, place, covariance: [0.02, 0, 0.02] })),
        ended: [],
      });
    }
    write(presence.endOverdue(Date.now()));
  }, LOOK_MS);
  return {
    port,
    cameras: store.cameras.filter(({ purpose }) => purpose === 'ceiling'),
    handle(moment) {
      // A dead camera sees nobody.
      if (moment.kind === 'camera-lost') {
        const others = people.filter(({ cameraId }) => cameraId !== moment.cameraId);
        people.splice(0, people.length, ...others);
      }
      handle(moment);
    },
    person(cameraId, place) {
      const person = { cameraId, trackId: newTrackId(), place, goal: place };
      people.push(person);
      return {
        goTo(goal) {
          person.goal = goal;
        },
      };
    },
    close: () => clearInterval(looking),
  };
}

function stepTo([x, y]: FloorPoint, goal: FloorPoint): FloorPoint {
  const metres = Math.hypot(goal[0] - x, goal[1] - y);
  if (metres <= STEP_METRES) return goal;
  const part = STEP_METRES / metres;
  return [x + (goal[0] - x) * part, y + (goal[1] - y) * part];
}
