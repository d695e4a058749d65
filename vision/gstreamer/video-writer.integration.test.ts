import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openPipeline } from './pipeline.ts';
import { openVideoWriter } from './video-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'video-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A picture of one colour. */
function picture(width: number, height: number, colour: readonly [number, number, number]): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let index = 0; index < rgb.length; index += 1) rgb[index] = colour[index % 3] ?? 0;
  return rgb;
}

describe('a video that was written', () => {
  test.each([
    { width: 320, height: 240, framesPerSecond: 15 },
    { width: 322, height: 182, framesPerSecond: 29.97 },
  ])(
    'holds every picture, in order, at its time and in its colour: $width x $height, $framesPerSecond a second',
    async ({ width, height, framesPerSecond }) => {
      const path = join(folder, `ramp-${width}.mkv`);
      const writer = openVideoWriter({ path, width, height, framesPerSecond });
      expect(writer.encoder).toBe('x264enc');
      // One buffer for all pictures: write() has copied it when it resolves.
      const rgb = new Uint8Array(width * height * 3);
      for (let frame = 0; frame < 40; frame += 1) await writer.write(rgb.fill(frame * 6));
      expect(existsSync(path)).toBe(false);
      await writer.close();

      const frames = await readBack(path);
      expect(frames).toHaveLength(40);
      for (const [index, frame] of frames.entries()) {
        expect(Math.abs(frame.centre[0] - index * 6)).toBeLessThanOrEqual(4);
        expect(Math.abs(frame.seconds - index / framesPerSecond)).toBeLessThan(0.002); // Matroska keeps milliseconds
      }
    },
  );

  test('keeps its colours apart', async () => {
    const path = join(folder, 'colours.mkv');
    const writer = openVideoWriter({ path, width: 64, height: 64, framesPerSecond: 10 });
    const colours = [
      [200, 30, 30],
      [30, 180, 40],
      [20, 40, 210],
    ] as const;
    for (const colour of colours) await writer.write(picture(64, 64, colour));
    await writer.close();
    const frames = await readBack(path);
    for (const [index, colour] of colours.entries()) {
      for (const [channel, value] of colour.entries()) {
        expect(Math.abs((frames[index]?.centre[channel] ?? NaN) - value)).toBeLessThan(12);
      }
    }
  });
});

describe('what goes wrong', () => {
  test('a folder that is not there is told with what to do', async () => {
    const writer = openVideoWriter({ path: '/nowhere/film.mkv', width: 64, height: 64, framesPerSecond: 10 });
    await expect(
      (async () => {
        for (let frame = 0; frame < 10; frame += 1) await writer.write(new Uint8Array(64 * 64 * 3));
        await writer.close();
      })(),
    ).rejects.toMatchObject({ name: 'UserError', code: 'video.write' });
  });

  test('a picture of the wrong size, a size that H.264 cannot hold, writing after the end', async () => {
    const path = join(folder, 'short.mkv');
    const writer = openVideoWriter({ path, width: 64, height: 64, framesPerSecond: 10 });
    await expect(writer.write(new Uint8Array(7))).rejects.toThrow('has 12288 bytes, not 7');
    expect(() => openVideoWriter({ path, width: 63, height: 64, framesPerSecond: 10 })).toThrow('even size');
    await writer.write(new Uint8Array(64 * 64 * 3));
    await writer.close();
    await expect(writer.write(new Uint8Array(64 * 64 * 3))).rejects.toThrow('was closed');
  });

  test('giving up leaves nothing behind', async () => {
    const path = join(folder, 'given-up.mkv');
    const writer = openVideoWriter({ path, width: 64, height: 64, framesPerSecond: 10 });
    await writer.write(new Uint8Array(64 * 64 * 3));
    await writer.abort();
    expect(existsSync(path) || existsSync(`${path}.part`)).toBe(false);
  });
});

interface ReadFrame {
  readonly seconds: number;
  /** Red, green and blue in the middle of the picture. */
  readonly centre: readonly [number, number, number];
}

async function readBack(path: string): Promise<ReadFrame[]> {
  const pipeline = openPipeline(
    'filesrc name=file ! decodebin ! videoconvert ! video/x-raw,format=RGB ! appsink name=frames sync=false',
  );
  pipeline.element('file').setText('location', path);
  const sink = pipeline.appSink('frames');
  pipeline.play();
  const frames: ReadFrame[] = [];
  while (!sink.isEndOfStream()) {
    const sample = sink.tryPull(50);
    if (sample === undefined) continue;
    const { width, height } = sample.caps;
    const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 3;
    const [red = NaN, green = NaN, blue = NaN] = sample.bytes.subarray(at, at + 3);
    frames.push({ seconds: sample.streamSeconds ?? NaN, centre: [red, green, blue] });
    sample.release();
  }
  await pipeline.close();
  return frames;
}
