import type { Camera } from '../config/schema.ts';
import type { CameraChange, CamerasPort, LivePicture, SeenOverlay } from '../analytics/api/ports.ts';
import type { CameraStatus } from '../analytics/api/schemas/camera.ts';
import type { Moment } from '../vision/moments/moment.ts';

/** The newest that each camera said, for the page. Nothing of it is kept: a picture is replaced by the next. */
export interface CameraBoard extends CamerasPort {
  show(moment: Moment): void;
}

interface Place {
  status: CameraStatus;
  overlay?: SeenOverlay;
  picture?: LivePicture;
}

export function createCameraBoard(
  cameras: readonly Camera[],
  isSimulated: (cameraId: string) => boolean,
): CameraBoard {
  const since = new Date().toISOString();
  const places = new Map(
    cameras.map((camera): [string, Place] => [
      camera.id,
      {
        status: {
          id: camera.id,
          purpose: camera.purpose,
          simulated: isSimulated(camera.id),
          state: 'connecting',
          since,
          detail: null,
          width: camera.size.width,
          height: camera.size.height,
          framesPerSecond: null,
          lanes: camera.lanes.map(({ name, polygon }) => ({
            name,
            polygon: polygon.map(([x, y]): [number, number] => [x, y]),
          })),
          entranceLine:
            camera.entranceLine === undefined
              ? null
              : { from: [...camera.entranceLine.from], to: [...camera.entranceLine.to] },
        },
      },
    ]),
  );
  const listeners = new Set<(change: CameraChange) => void>();
  const tell = (change: CameraChange): void => {
    for (const listener of listeners) listener(change);
  };

  function turn(place: Place, state: CameraStatus['state'], atMs: number, detail: string | null): void {
    place.status = {
      ...place.status,
      state,
      since: new Date(atMs).toISOString(),
      detail,
      framesPerSecond: null,
    };
    if (state === 'lost') {
      // What a dead camera saw last is not what is there now.
      delete place.overlay;
      delete place.picture;
    }
    tell({ kind: 'status', cameraId: place.status.id });
  }

  return {
    show(moment) {
      const place = places.get(moment.cameraId);
      if (place === undefined) return;
      switch (moment.kind) {
        case 'camera-connected':
        case 'camera-recovered':
          turn(place, 'live', moment.atMs, null);
          break;
        case 'camera-lost':
          turn(place, 'lost', moment.atMs, `${moment.reason}: ${moment.detail}`);
          break;
        case 'overlay': {
          const { cameraId, atMs, faces, framesPerSecond, dropped } = moment;
          place.overlay = { cameraId, atMs, faces, framesPerSecond, dropped };
          place.status = { ...place.status, framesPerSecond };
          tell({ kind: 'overlay', cameraId });
          break;
        }
        case 'picture':
          place.picture = { jpeg: moment.jpeg, atMs: moment.atMs };
          tell({ kind: 'picture', cameraId: moment.cameraId });
          break;
        case 'floor-overlay':
          // Where people are is on the plan; the picture of a ceiling camera is shown without boxes.
          place.status = { ...place.status, framesPerSecond: moment.framesPerSecond };
          break;
        case 'tracks':
        case 'entered':
        case 'identified':
        case 'track-ended':
          break;
      }
    },
    list: () => [...places.values()].map(({ status }) => status),
    overlay: (cameraId) => places.get(cameraId)?.overlay,
    picture: (cameraId) => places.get(cameraId)?.picture,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
