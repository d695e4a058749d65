import { join } from 'node:path';
import { newId, toCameraId, toSubjectKey } from '../../runtime/ids.ts';
import { ROOT } from '../../runtime/paths.ts';
import type { Report, ReportBody } from '../../runtime/report.ts';
import { embeddingSpace } from '../faces/embedding-space.ts';
import { openFaceDetector } from '../faces/face-detector.ts';
import { chooseFaceNetworks, type FaceNetworkOptions, type NetworkRun } from '../faces/face-networks.ts';
import { openFaceReader } from '../faces/face-reader.ts';
import { createGallery } from '../faces/gallery.ts';
import { readPicture } from '../faces/picture-file.ts';
import { DOOR_LIMITS } from '../faces/quality.ts';
import { packTemplate } from '../faces/template.ts';
import { thresholdFor } from '../faces/thresholds.ts';
import type { Frame, Picture } from '../frame.ts';
import { createDoorWatch, type DoorWatch } from './door-watch.ts';
import { openHumanBaseline } from './human-baseline.ts';

/** How much of the time the networks themselves take, and how another library fares. */
export const report: Report = {
  name: 'vision',
  summary:
    'Frames a second of the whole door path, of its networks alone, and of the library human on the same frames',
  options: {
    frames: 'frames of a round (30)',
    rounds: 'rounds, each way in turn (3)',
    threads: 'threads a network (1)',
  },
  async run({ options, progress }) {
    const count = (name: 'frames' | 'rounds' | 'threads', fallback: number): number =>
      Math.max(1, Math.floor(Number(options[name] ?? fallback)) || fallback);
    const frames = await panningFrames(count('frames', 30));
    const rounds = count('rounds', 3);
    const ours = await openDoor({ threads: count('threads', 1) });
    const human = await openHumanBaseline();
    const times = { path: 0, bare: 0, human: 0 };
    const found = { ours: 0, human: 0 };
    try {
      const runs = await ours.record(frames);
      await human.see(frames[0]!);
      for (let round = 1; round <= rounds; round++) {
        progress(`round ${round} of ${rounds}`);
        times.path += await timed(async () => (found.ours += await ours.watchAll(frames)));
        times.bare += await timed(() => replay(runs));
        times.human += await timed(async () => {
          for (const frame of frames) found.human += await human.see(frame);
        });
      }
      return summarise(
        times,
        found,
        rounds * frames.length,
        ours.names,
        human.version,
        runs.length / frames.length,
      );
    } finally {
      await ours.close();
      await human.close();
    }
  },
};

const SIZE = { width: 1280, height: 720 };
const CAMERA = toCameraId('bench');
/** A camera of 10 frames a second, so that a face is read in most frames. */
const FRAME_SECONDS = 0.1;
const PHOTOGRAPH = join(ROOT, 'node_modules/@vladmandic/face-api/demo/sample4.jpg');

/** Faces are then about 115 pixels wide, as three metres before a door camera's lens of 35 degrees. */
const PHOTOGRAPH_WIDTH = 1360;

/** A camera that pans slowly over a photograph of four people. */
async function panningFrames(count: number): Promise<Picture[]> {
  const photograph = await readPicture(PHOTOGRAPH, PHOTOGRAPH_WIDTH);
  return Array.from({ length: count }, (_, index) => {
    const left = Math.round(((photograph.width - SIZE.width) * index) / Math.max(1, count - 1));
    const top = Math.round((photograph.height - SIZE.height) / 3);
    const rgb = new Uint8Array(SIZE.width * SIZE.height * 3);
    for (let y = 0; y < SIZE.height; y++) {
      const from = ((top + y) * photograph.width + left) * 3;
      rgb.set(photograph.rgb.subarray(from, from + SIZE.width * 3), y * SIZE.width * 3);
    }
    return { ...SIZE, rgb };
  });
}

async function openDoor({ threads }: { threads: number }) {
  let onRun: (run: NetworkRun) => void = () => undefined;
  const options: FaceNetworkOptions = { threads, onRun: (run) => onRun(run) };
  const choice = await chooseFaceNetworks(options);
  const space = embeddingSpace(choice.combination);
  const detector = await openFaceDetector(choice.detector, options);
  const reader = await openFaceReader(space, options);
  const gallery = createGallery(space);
  // a member whom nobody resembles: every face in the lane is compared again and again, as a stranger's is
  const nobody = new Float32Array(space.length).fill(1);
  gallery.put({ subjectKey: toSubjectKey(newId()), templates: [packTemplate(space.id, nobody)] });
  const newWatch = (): DoorWatch =>
    createDoorWatch(
      {
        cameraId: CAMERA,
        size: SIZE,
        lanes: [
          [
            [0.4, 0],
            [1, 0],
            [1, 1],
            [0.4, 1],
          ],
        ],
        entranceLine: { from: [0, 0.6], to: [1, 0.6] },
      },
      {
        detector,
        reader,
        gallery,
        rule: { threshold: thresholdFor(space.id, 1e-4), margin: 0.06, minimumVotes: 3 },
        limits: DOOR_LIMITS,
        onMoment: () => undefined,
      },
    );
  const watchAll = async (frames: readonly Picture[]): Promise<number> => {
    const watch = newWatch();
    let faces = 0;
    for (const [index, picture] of frames.entries()) {
      const streamSeconds = index * FRAME_SECONDS;
      const frame: Frame = {
        ...picture,
        cameraId: CAMERA,
        capturedAtMs: streamSeconds * 1000,
        streamSeconds,
        dropped: 0,
      };
      faces += (await watch.see(frame, Infinity)).faces.length;
    }
    return faces;
  };
  return {
    names: `${choice.detector}, face-landmark-68, ${choice.combination}`,
    watchAll,
    /** Every run of a network that the path makes, with its pixels. */
    async record(frames: readonly Picture[]): Promise<NetworkRun[]> {
      const runs: NetworkRun[] = [];
      onRun = (run) => runs.push({ ...run, pixels: run.pixels.slice() });
      await watchAll(frames);
      onRun = () => undefined;
      return runs;
    },
    async close() {
      await detector.close();
      await reader.close();
    },
  };
}

async function replay(runs: readonly NetworkRun[]): Promise<void> {
  for (const { network, pixels, size } of runs) await network.run(pixels, size);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return (performance.now() - startedAtMs) / 1000;
}

function summarise(
  seconds: { path: number; bare: number; human: number },
  found: { ours: number; human: number },
  frames: number,
  networks: string,
  humanVersion: string,
  runsPerFrame: number,
): ReportBody {
  return {
    figures: {
      framesPerSecond: frames / seconds.path,
      msPerFrame: (1000 * seconds.path) / frames,
      facesPerFrame: found.ours / frames,
      networkRunsPerFrame: runsPerFrame,
      networks,
    },
    baselines: {
      bareNetworksFramesPerSecond: frames / seconds.bare,
      humanFramesPerSecond: frames / seconds.human,
      humanFacesPerFrame: found.human / frames,
      humanVersion,
    },
    ratios: {
      pathToBareNetworks: seconds.bare / seconds.path,
      toHuman: seconds.human / seconds.path,
    },
    notes: [
      'Frames: a camera pans over a photograph of four people, 1280x720; the lane covers six tenths of the picture.',
      'Path: detect, track, lane, landmarks, quality, align, embed, match, decide. Bare networks: the very runs of the path, with its pixels, one after the other.',
      'human: its WebAssembly build (detector, mesh, faceres embedding of every face, no lane, no tracks, no matching), nothing skipped.',
      "Ours embeds each face in the lane with two networks, straight and mirrored, at most every 0.12 s; human's embedding is one of the two, once.",
    ],
  };
}
