import { beforeEach, describe, expect, it } from 'vitest';
import type { CameraStatus } from '../../analytics/api/schemas/camera.ts';
import type { Overlay } from '../../analytics/api/schemas/overlay.ts';
import { CameraWall } from './camera-wall.svelte.ts';

const door: CameraStatus = {
  id: 'front-door',
  purpose: 'door',
  simulated: true,
  state: 'live',
  since: '2026-11-22T09:00:00.000Z',
  detail: null,
  width: 1280,
  height: 720,
  framesPerSecond: 15,
  lanes: [],
  entranceLine: null,
};
const overlay = (atMs: number): Overlay => ({
  cameraId: 'front-door',
  atMs,
  faces: [],
  framesPerSecond: 15,
  dropped: 0,
});

describe('the picture and what was seen in it', () => {
  let wall: CameraWall;
  beforeEach(() => {
    wall = new CameraWall();
    wall.setAll([{ ...door, id: 'ceiling', purpose: 'ceiling' }, door]);
    for (const atMs of [1000, 1066, 1133]) wall.addOverlay(overlay(atMs));
  });

  it.each([
    ['the very frame', 1066, 1066],
    ['between two frames, the nearer one', 1070, 1066],
    ['as far from both, the newer one', 1033, 1066],
    ['a little later than all', 1300, 1133],
    ['much later than all: none', 1600, undefined],
    ['much earlier than all: none', 500, undefined],
  ])('%s', (_what, shownAtMs, atMs) => {
    wall.shownAtMs = shownAtMs;
    expect(wall.overlay?.atMs).toBe(atMs);
  });

  it('draws nothing without a picture', () => {
    expect(wall.overlay).toBeUndefined();
  });

  it('takes no overlay and no picture of another camera', () => {
    wall.addOverlay({ ...overlay(2000), cameraId: 'ceiling' });
    wall.offerPicture('ceiling', 2000);
    wall.shownAtMs = 2000;
    expect(wall.overlay).toBeUndefined();
    expect(wall.offeredAtMs).toBeUndefined();
  });

  it('forgets picture and boxes when the camera is lost: what it saw last is not what is there now', () => {
    wall.offerPicture('front-door', 1133);
    wall.shownAtMs = 1133;
    wall.set({ ...door, state: 'lost', detail: 'stalled' });
    expect([wall.overlay, wall.offeredAtMs, wall.shownAtMs]).toEqual([undefined, undefined, undefined]);
    wall.set(door);
    wall.shownAtMs = 1133;
    expect(wall.overlay).toBeUndefined();
  });
});
