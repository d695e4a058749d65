import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ROOT } from '../../runtime/paths.ts';
import type { Report } from '../../runtime/report.ts';
import { CEILING_TILES, choosePersonNetwork } from '../detection/person-network.ts';
import { partsOf } from '../detection/picture-parts.ts';
import { openNetwork } from '../models/network.ts';
import type { CeilingFigures } from './ceiling-figures.ts';
import { startCeiling, type CeilingCamera } from './ceiling.ts';

/** What following people costs beside finding them, on a ceiling camera's own thread. */
export const report: Report = {
  name: 'ceiling',
  summary: 'Milliseconds of finding people in a frame, and of following and placing them',
  options: { frames: 'frames that are looked at (20)', threads: 'threads of the network (1)' },
  async run({ options, progress }) {
    const frames = Math.max(2, Math.floor(Number(options['frames'] ?? 20)) || 20);
    const threads = Math.max(1, Math.floor(Number(options['threads'] ?? 1)) || 1);
    const folder = await mkdtemp(join(tmpdir(), 'ceiling-bench-'));
    try {
      progress('making the video');
      await makeVideo(folder, frames);
      progress('watching it');
      const { figures, people } = await watch(folder, threads);
      progress('the network alone');
      const bareMs = await bareNetworkMs(threads, frames);
      const detectionMs = median(figures.flatMap(({ stagesMs }) => stagesMs.detect));
      const trackingMs = median(figures.flatMap(({ stagesMs }) => stagesMs.track));
      return {
        figures: {
          detectionMs,
          trackingMs,
          network: await choosePersonNetwork(),
          threads,
          frames: figures.reduce((sum, told) => sum + told.frames, 0),
          peoplePerFrame: people,
        },
        baselines: { bareNetworkMs: bareMs },
        ratios: {
          trackingToDetection: trackingMs / detectionMs,
          bareNetworkToDetection: bareMs / detectionMs,
        },
        notes: [
          'Medians. Tracking: association, filter, place on the floor with its covariance, colours of clothes.',
          'Video: two copies of a photograph of four people walk to the right before a wall, 640x360.',
          'Bare network: the same network on the same number of parts of a picture, pixels ready.',
        ],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

const SIZE = { width: 640, height: 360 };
const FRAMES_PER_SECOND = 5;
const PHOTOGRAPH = join(ROOT, 'node_modules/@vladmandic/face-api/demo/sample6.jpg');

async function makeVideo(folder: string, frames: number): Promise<void> {
  const people = await sharp(PHOTOGRAPH).resize({ height: 200 }).toBuffer();
  for (let frame = 0; frame < frames; frame++) {
    const left = 4 * (frame % 30);
    await sharp({ create: { ...SIZE, channels: 3, background: '#9a958c' } })
      .composite([
        { input: people, left, top: 20 },
        { input: people, left: left + 270, top: 120 },
      ])
      .jpeg({ quality: 92 })
      .toFile(join(folder, `${String(frame + 1).padStart(4, '0')}.jpg`));
  }
}

async function watch(
  folder: string,
  threads: number,
): Promise<{ figures: CeilingFigures[]; people: number }> {
  const camera: CeilingCamera = {
    id: 'bench',
    size: SIZE,
    framesPerSecond: FRAMES_PER_SECOND,
    stallSeconds: 60,
    source: {
      kind: 'file',
      path: join(folder, '%04d.jpg'),
      pace: 'fast',
      loop: false,
      framesPerSecond: FRAMES_PER_SECOND,
    },
    detectionsPerSecond: FRAMES_PER_SECOND,
    ignore: [],
    calibration: {
      kind: 'pose',
      place: [5, 8],
      heightMetres: 3,
      bearingDegrees: 0,
      pitchDownDegrees: 35,
      rollDegrees: 0,
      horizontalFieldOfViewDegrees: 80,
    },
  };
  const figures: CeilingFigures[] = [];
  const followed: number[] = [];
  const ceiling = await startCeiling({
    camera,
    networks: { executionProvider: 'cpu', threads },
    fileStartedAtMs: 0,
    onMoment: (moment) => {
      if (moment.kind === 'floor-overlay') followed.push(moment.people.length);
    },
    onFigures: (told) => figures.push(told),
  });
  await ceiling.closed;
  return { figures, people: followed.reduce((sum, count) => sum + count, 0) / followed.length };
}

/** Milliseconds of the network itself for one frame. */
async function bareNetworkMs(threads: number, frames: number): Promise<number> {
  const name = await choosePersonNetwork();
  const network = await openNetwork(name, { threads });
  const { height, width } = network.entry.input;
  const pixels = new Uint8Array(Number(height) * Number(width) * 3).fill(128);
  const parts = partsOf(SIZE, CEILING_TILES[name]);
  const times: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const startedMs = performance.now();
    for (let part = 0; part < parts.length; part++) await network.run(pixels);
    times.push(performance.now() - startedMs);
  }
  await network.close();
  return median(times);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
