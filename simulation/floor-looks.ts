import { readFile, writeFile } from 'node:fs/promises';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Camera } from '../config/schema.ts';
import { UserError } from '../runtime/errors.ts';
import { toCameraId } from '../runtime/ids.ts';
import { openCamera } from '../vision/camera/camera.ts';
import { appearanceOf } from '../vision/detection/appearance.ts';
import type { PersonDetection } from '../vision/detection/person-detector.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { standingPlace } from '../vision/floor/standing-place.ts';
import { wholeBody } from '../vision/floor/whole-body.ts';
import type { Frame } from '../vision/frame.ts';
import { createCeilingWatch } from '../vision/moments/ceiling-watch.ts';
import type { Moment } from '../vision/moments/moment.ts';

/** Somebody whom a detector found, and the colours of what they wear. */
const FoundPerson = Type.Object({
  boxXyxy: Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]),
  score: Type.Number(),
  appearance: Type.Optional(Type.Array(Type.Number())),
});

/** What a detector found in the pictures of one ceiling camera. */
const CeilingLooks = Type.Object({
  cameraId: Type.String(),
  looks: Type.Array(Type.Object({ seconds: Type.Number(), found: Type.Array(FoundPerson) })),
});

/** All that cameras said of a scenario, before anybody was followed: with it, following is tried out in seconds. */
const FloorLooks = Type.Object({
  version: Type.Literal(1),
  ceilings: Type.Array(CeilingLooks),
  /** Moments of the doors, as they were told. */
  doors: Type.Array(Type.Unsafe<Moment>(Type.Object({ kind: Type.String(), atMs: Type.Number() }))),
  /** Who is behind the pseudonyms that the doors told. */
  castIds: Type.Array(Type.Tuple([Type.String(), Type.String()])),
});

export type FloorLooks = Static<typeof FloorLooks>;
export type CeilingLooks = Static<typeof CeilingLooks>;
export type FoundPerson = Static<typeof FoundPerson>;

/** Finds people in a frame; its pixels are valid until the promise resolves. */
export type Detect = (frame: Frame) => Promise<readonly PersonDetection[]>;

/** Plays a video as fast as it is looked at, and keeps what is found in every picture that a ceiling camera looks at. */
export async function lookThrough(camera: Camera, videoPath: string, detect: Detect): Promise<CeilingLooks> {
  const looks: CeilingLooks['looks'] = [];
  const calibration = camera.calibration && calibrate(camera.calibration, camera.size, camera.id);
  const source = { kind: 'file', path: videoPath, pace: 'fast', loop: false } as const;
  const stream = openCamera({ ...camera, source }, { onState: () => undefined, fileStartedAtMs: 0 });
  // It decides which frames are looked at, as in a shop; what it makes of them is not wanted yet.
  const watch = createCeilingWatch(
    { ...camera, cameraId: toCameraId(camera.id) },
    { detector: { detect: () => Promise.resolve([]) }, placeOf: () => undefined, onMoment: () => undefined },
  );
  for await (const frame of stream) {
    if (!watch.isDue(frame.streamSeconds)) continue;
    await watch.see(frame);
    const found = (await detect(frame)).map(({ boxXyxy, score }): FoundPerson => {
      const body = calibration === undefined ? boxXyxy : wholeBody(calibration, boxXyxy, camera.size);
      const appearance = appearanceOf(frame, body);
      const [left, top, right, bottom] = boxXyxy;
      return {
        boxXyxy: [rounded(left, 10), rounded(top, 10), rounded(right, 10), rounded(bottom, 10)],
        score: rounded(score, 1000),
        ...(appearance && { appearance: Array.from(appearance, (share) => rounded(share, 10_000)) }),
      };
    });
    looks.push({ seconds: frame.streamSeconds, found });
  }
  return { cameraId: camera.id, looks };
}

/** What a ceiling camera would have told, had its detector found this. */
export async function tellLooks(
  { looks }: CeilingLooks,
  camera: Camera,
  startedAtMs: number,
): Promise<Moment[]> {
  const { id, size, calibration: setting } = camera;
  if (setting === undefined) return [];
  const calibration = calibrate(setting, size, `calibration of camera ${id}`);
  const moments: Moment[] = [];
  let found: readonly FoundPerson[] = [];
  const watch = createCeilingWatch(
    { ...camera, cameraId: toCameraId(id) },
    {
      detector: { detect: () => Promise.resolve([...found]) },
      appearanceOf: (_, detection) => {
        const { appearance } = detection as FoundPerson; // what `detect` gave comes back
        return appearance && Float32Array.from(appearance);
      },
      placeOf: (boxXyxy) => standingPlace(calibration, boxXyxy, size),
      onMoment: (moment) => moments.push(moment),
    },
  );
  const cameraId = toCameraId(id);
  let atMs = startedAtMs;
  for (const look of looks) {
    found = look.found;
    atMs = startedAtMs + Math.round(look.seconds * 1000);
    await watch.see({
      ...size,
      cameraId,
      capturedAtMs: atMs,
      streamSeconds: look.seconds,
      rgb: new Uint8Array(0),
      dropped: 0,
    });
  }
  watch.end(atMs);
  return moments;
}

/** @throws UserError `simulation.looks-unreadable` */
export async function readLooks(path: string): Promise<FloorLooks> {
  const value: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (Check(FloorLooks, value)) return value;
  throw new UserError(
    'simulation.looks-unreadable',
    `${path} is expected to hold what cameras saw, and does not`,
    'Name a file that `eval floor --looks FILE` wrote, or one that does not exist yet: then it is written.',
  );
}

export function writeLooks(path: string, looks: FloorLooks): Promise<void> {
  return writeFile(path, JSON.stringify(looks));
}

function rounded(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
