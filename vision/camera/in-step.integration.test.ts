import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openVideoWriter } from '../gstreamer/video-writer.ts';
import { openCamera, type CameraStream } from './camera.ts';

/** Two videos of 4.2 s at different rates; frame n is grey of brightness 2 n, so each tells its own number. */
const PERIOD_SECONDS = 4.2;
const RATES = { door: 20, ceiling: 10 } as const;
const folder = mkdtempSync(join(tmpdir(), 'in-step-'));
const pathOf = (name: keyof typeof RATES): string => join(folder, `${name}.mkv`);

beforeAll(async () => {
  const rgb = new Uint8Array(128 * 64 * 3);
  for (const name of ['door', 'ceiling'] as const) {
    const size = { width: 128, height: 64 };
    const writer = openVideoWriter({ path: pathOf(name), ...size, framesPerSecond: RATES[name] });
    const frames = Math.round(PERIOD_SECONDS * RATES[name]);
    for (let frame = 0; frame < frames; frame += 1) await writer.write(rgb.fill(frame * 3));
    await writer.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Seen {
  readonly brightness: number;
  readonly mediaSeconds: number;
  readonly capturedAtMs: number;
  readonly receivedAtMs: number;
}

function open(name: keyof typeof RATES): CameraStream {
  const file = { kind: 'file', path: pathOf(name), pace: 'realtime', loop: true } as const;
  const source = { ...file, periodSeconds: PERIOD_SECONDS };
  const size = { width: 128, height: 64 };
  return openCamera(
    { id: name, size, framesPerSecond: RATES[name], stallSeconds: 5, source },
    { onState: () => undefined },
  );
}

async function watch(stream: CameraStream, untilMs: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const { rgb, mediaSeconds, capturedAtMs } of stream) {
    seen.push({ brightness: rgb[0] ?? NaN, mediaSeconds, capturedAtMs, receivedAtMs: Date.now() });
    if (Date.now() > untilMs) break;
  }
  await stream.close();
  return seen;
}

test('cameras of one shop show the same moment, from the first frame and over the end of their videos', async () => {
  // Past the second end of the videos from now, whose first may come before the cameras have started.
  const periodMs = PERIOD_SECONDS * 1000;
  const untilMs = (Math.floor(Date.now() / periodMs) + 2) * periodMs + 800;
  const watching = watch(open('door'), untilMs);
  await sleep(700);
  const [door, ceiling] = await Promise.all([watching, watch(open('ceiling'), untilMs)]);
  for (const [seen, rate] of [
    [door, RATES.door],
    [ceiling, RATES.ceiling],
  ] as const) {
    // Dated by the wall clock alone, and showing what belongs there.
    for (const { capturedAtMs, mediaSeconds, brightness } of seen) {
      const position = (capturedAtMs / 1000) % PERIOD_SECONDS;
      const apart = Math.abs(position - mediaSeconds);
      expect(Math.min(apart, PERIOD_SECONDS - apart)).toBeLessThan(0.01);
      expect(Math.abs(brightness / 3 - mediaSeconds * rate)).toBeLessThan(1.5);
    }
    const captured = seen.map(({ capturedAtMs }) => capturedAtMs);
    expect(captured).toEqual([...captured].sort((a, b) => a - b));
    // The videos began again in between, and nothing came before it was due.
    expect(seen.some(({ mediaSeconds }, index) => mediaSeconds < (seen[index - 1]?.mediaSeconds ?? 0))).toBe(
      true,
    );
    expect(seen.every(({ capturedAtMs, receivedAtMs }) => receivedAtMs >= capturedAtMs - 2)).toBe(true);
    expect(seen.length).toBeGreaterThan(rate);
  }
});
