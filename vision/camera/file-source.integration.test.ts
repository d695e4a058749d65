import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openVideoWriter } from '../gstreamer/video-writer.ts';
import { openCamera, type CameraStream } from './camera.ts';
import type { CameraState } from './camera-state.ts';
import type { CameraConfig, FrameSource } from './pipeline-recipe.ts';

const FRAMES = 30;
const FRAMES_PER_SECOND = 20;
const folder = mkdtempSync(join(tmpdir(), 'file-source-'));
const film = join(folder, 'ramp.mkv');

beforeAll(async () => {
  // Frame n is grey of brightness 8 n: each tells its own number.
  const writer = openVideoWriter({ path: film, width: 128, height: 64, framesPerSecond: FRAMES_PER_SECOND });
  const rgb = new Uint8Array(128 * 64 * 3);
  for (let frame = 0; frame < FRAMES; frame += 1) await writer.write(rgb.fill(frame * 8));
  await writer.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Seen {
  readonly number: number;
  readonly mediaSeconds: number;
  readonly streamSeconds: number;
  readonly capturedAtMs: number;
  readonly dropped: number;
}

function open(source: Partial<Extract<FrameSource, { kind: 'file' }>>, size = { width: 128, height: 64 }) {
  const states: CameraState[] = [];
  const config: CameraConfig = {
    id: 'door',
    size,
    framesPerSecond: 15,
    stallSeconds: 5,
    source: { kind: 'file', path: film, pace: 'fast', loop: false, ...source },
  };
  const stream = openCamera(config, { onState: (state) => states.push(state), fileStartedAtMs: 1_000_000 });
  return { stream, states };
}

async function watch(stream: CameraStream, count = Infinity, pauseMs = 0): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const frame of stream) {
    const { mediaSeconds, streamSeconds, capturedAtMs, dropped } = frame;
    seen.push({
      number: Math.round((frame.rgb[0] ?? NaN) / 8),
      mediaSeconds,
      streamSeconds,
      capturedAtMs,
      dropped,
    });
    if (seen.length >= count) break;
    if (pauseMs > 0) await sleep(pauseMs);
  }
  await stream.close();
  return seen;
}

const numbersFromZero = (count: number) => Array.from({ length: count }, (_, index) => index);
const isAscending = (values: readonly number[]) =>
  values.every((value, index) => index === 0 || value > (values[index - 1] ?? Infinity));

describe('a file at pace fast', () => {
  test.each([0, 5])(
    'delivers every frame once and in order to a consumer that takes %i ms',
    async (pauseMs) => {
      const { stream, states } = open({});
      const seen = await watch(stream, Infinity, pauseMs);
      expect(seen.map(({ number }) => number)).toEqual(numbersFromZero(FRAMES));
      expect(seen.every(({ dropped }) => dropped === 0)).toBe(true);
      for (const [index, { mediaSeconds, streamSeconds, capturedAtMs }] of seen.entries()) {
        expect(mediaSeconds).toBeCloseTo(index / FRAMES_PER_SECOND, 2);
        expect(streamSeconds).toBe(mediaSeconds);
        expect(capturedAtMs).toBeCloseTo(1_000_000 + mediaSeconds * 1000, 3);
      }
      expect(states).toMatchObject([
        { kind: 'connected', cameraId: 'door', width: 128, height: 64 },
        { kind: 'lost', reason: 'end-of-stream', detail: `${film} ended after ${FRAMES} frames` },
      ]);
    },
  );

  test('begins again without losing a frame, its stream time ascending', async () => {
    const seen = await watch(open({ loop: true }).stream, FRAMES * 2 + 5);
    const numbers = [...numbersFromZero(FRAMES), ...numbersFromZero(FRAMES), ...numbersFromZero(5)];
    expect(seen.map(({ number }) => number)).toEqual(numbers);
    for (const [index, { streamSeconds }] of seen.entries()) {
      expect(streamSeconds).toBeCloseTo(index / FRAMES_PER_SECOND, 1);
    }
    expect(seen[FRAMES]?.mediaSeconds).toBe(0);
    expect(isAscending(seen.map(({ capturedAtMs }) => capturedAtMs))).toBe(true);
  });
});

describe('a file at pace realtime', () => {
  test('plays like a camera: dated now, ascending also where it begins again', async () => {
    const before = Date.now();
    const seen = await watch(open({ pace: 'realtime', loop: true }).stream, FRAMES + 20);
    expect(seen[0]?.capturedAtMs).toBeGreaterThan(before - 50);
    expect(seen.at(-1)?.capturedAtMs).toBeLessThanOrEqual(Date.now() + 1);
    expect(isAscending(seen.map(({ capturedAtMs }) => capturedAtMs))).toBe(true);
    expect(isAscending(seen.map(({ streamSeconds }) => streamSeconds))).toBe(true);
    expect(seen.filter(({ mediaSeconds }) => mediaSeconds === 0)).toHaveLength(2);
  });

  test('drops old frames for a slow consumer and counts them', async () => {
    const seen = await watch(open({ pace: 'realtime' }).stream, Infinity, 170);
    const dropped = seen.reduce((sum, frame) => sum + frame.dropped, 0);
    expect(dropped).toBeGreaterThan(0);
    expect(seen.length).toBeLessThan(FRAMES);
    // The counter may learn of the last ones too late to tell.
    expect(seen.length + dropped).toBeGreaterThanOrEqual(FRAMES - 4);
    expect(seen.length + dropped).toBeLessThanOrEqual(FRAMES);
    expect(isAscending(seen.map(({ number }) => number))).toBe(true);
  });
});

test('another size is told once; frames have the configured size, with borders instead of distortion', async () => {
  const { stream, states } = open({ loop: true }, { width: 128, height: 128 });
  let frames = 0;
  for await (const frame of stream) {
    expect([frame.width, frame.height, frame.rgb.byteLength]).toEqual([128, 128, 128 * 128 * 3]);
    expect(frame.rgb[0]).toBeLessThan(20); // the border above
    frames += 1;
    if (frames > FRAMES + 2) break;
    if (frames === 25) expect(frame.rgb[(64 * 128 + 64) * 3]).toBeGreaterThan(150);
  }
  await stream.close();
  expect(states.filter(({ kind }) => kind === 'size-differs')).toMatchObject([
    { found: { width: 128, height: 64 }, message: expect.stringContaining('sends 128x64') as string },
  ]);
});

test('a sequence of pictures comes at the pace that is configured for it', async () => {
  for (let index = 0; index < 6; index += 1) {
    const grey = { r: index * 8, g: index * 8, b: index * 8 };
    const png = sharp({ create: { width: 128, height: 64, channels: 3, background: grey } }).png();
    writeFileSync(join(folder, `shot-${String(index + 3).padStart(4, '0')}.png`), await png.toBuffer());
  }
  const { stream } = open({ path: join(folder, 'shot-%04d.png'), framesPerSecond: 5 });
  const seen = await watch(stream);
  expect(seen.map(({ number }) => number)).toEqual(numbersFromZero(6));
  expect(seen.map(({ mediaSeconds }) => Number(mediaSeconds.toFixed(3)))).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
});

describe('a file that cannot be played', () => {
  test('is missing: told when the camera is opened, with what to do', () => {
    expect(() => open({ path: '/nowhere/film.mkv' })).toThrow(
      'Camera door plays /nowhere/film.mkv, and there is no such file.',
    );
  });

  test('is no video: the camera is lost with the reason, and there are no frames', async () => {
    const path = join(folder, 'letter.mkv');
    writeFileSync(path, 'Dear reader, this is no film. '.repeat(50));
    const { stream, states } = open({ path });
    expect(await stream.nextFrame()).toBeUndefined();
    expect(states).toMatchObject([{ kind: 'lost', reason: 'error' }]);
    await stream.close();
  });
});

describe('the rules of a stream', () => {
  test('one question at a time, and a released frame is gone', async () => {
    const { stream } = open({});
    const first = stream.nextFrame();
    await expect(stream.nextFrame()).rejects.toThrow('before the last call was answered');
    const frame = await first;
    frame?.release();
    expect(() => frame?.rgb).toThrow('was released');
    expect(() => frame?.release()).toThrow('released before');
    await stream.close();
    expect(await stream.nextFrame()).toBeUndefined();
  });

  test('closing answers the question that is open', async () => {
    const { stream } = open({ pace: 'realtime', loop: true });
    (await stream.nextFrame())?.release();
    const waiting = stream.nextFrame();
    await stream.close();
    const frame = await waiting;
    if (frame !== undefined) frame.release();
    expect(await stream.nextFrame()).toBeUndefined();
  });
});
