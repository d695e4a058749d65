import type { Picture } from '../frame.ts';
import type { Network } from '../models/network.ts';
import { chipFromLandmarks, frameOnChip, frameToPicture, type FaceFrame } from './face-chip.ts';
import { openFaceNetwork, type FaceNetworkOptions } from './face-networks.ts';
import type { Face } from './face.ts';
import { applySimilarity, type Point, type Similarity } from './geometry.ts';
import { warpInto } from './warp.ts';

/** How much work recognition does: `fast` at the live door, `accurate` for enrolment and evaluation. */
export type Depth = 'fast' | 'accurate';

export interface FaceAligner {
  /** 68 landmarks in pixels of the picture, and from them where dlib's chip lies. */
  align(picture: Picture, face: Pick<Face, 'landmarkFrame'>, depth: Depth): Promise<AlignedFace>;
  close(): Promise<void>;
}

export interface AlignedFace {
  /** Numbered as in the iBUG scheme, in pixels of the picture. */
  readonly landmarks68: readonly Point[];
  /** Pixel of dlib's 150-pixel chip → pixel of the picture. */
  readonly chipToPicture: Similarity;
}

const INPUT = 112;
const INPUT_BYTES = INPUT * INPUT * 3;

/** The frame that the network was trained on, as it lies on dlib's chip: 9 pixels above its middle, as wide as the chip. */
const FRAME_CENTRE: Point = [75, 66];
const FRAME_SIDE = 150;

/** Small shifts and scales around that frame, each a second opinion: x, y (in sides) and scale. */
const VIEWS: Readonly<Record<Depth, readonly (readonly [number, number, number])[]>> = {
  fast: [[0, 0, 1]],
  accurate: [
    [0, 0, 1],
    [0.05, 0.03, 1.08],
    [-0.05, -0.03, 0.94],
  ],
};

/** Which landmark stands in for which when the picture is mirrored. */
const MIRRORED: readonly number[] = mirroredNumbers();

/**
 * Opens the 68-point network. One look from the detector's box gives the turn and size of the face; then the face is shown
 * again upright and centred, several times slightly moved and each time also mirrored, and the answers are averaged: the
 * network's error depends on the box, and errors that differ cancel (test-time augmentation).
 */
export async function openFaceAligner(options: FaceNetworkOptions = {}): Promise<FaceAligner> {
  const network = await openFaceNetwork<'landmarks'>('face-landmark-68', options);
  return {
    async align(picture, face, depth) {
      const [first] = await look(network, picture, [face.landmarkFrame], false);
      const { centre, side, turnRadians } = frameOnChip(chipFromLandmarks(first!), FRAME_CENTRE, FRAME_SIDE);
      const frames = VIEWS[depth].map(([dx, dy, scale]): FaceFrame => ({
        centre: [centre[0] + dx * side, centre[1] + dy * side],
        side: side * scale,
        turnRadians,
      }));
      const opinions = await look(network, picture, frames, true);
      const landmarks68 = averagePoints(opinions);
      return { landmarks68, chipToPicture: chipFromLandmarks(landmarks68) };
    },
    close: () => network.close(),
  };
}

/** The landmarks as each view shows them, all in pixels of the picture; with `mirrored` each view is shown a second time. */
async function look(
  network: Network<'landmarks'>,
  picture: Picture,
  frames: readonly FaceFrame[],
  mirrored: boolean,
): Promise<Point[][]> {
  const perFrame = mirrored ? 2 : 1;
  const pixels = new Uint8Array(frames.length * perFrame * INPUT_BYTES);
  const maps = frames.map((frame) => frameToPicture(frame, INPUT));
  const part = (index: number): Uint8Array => pixels.subarray(index * INPUT_BYTES, (index + 1) * INPUT_BYTES);
  maps.forEach((map, index) => {
    const second = mirrored ? part(index * perFrame + 1) : undefined;
    warpInto(part(index * perFrame), second, picture, map, INPUT, INPUT);
  });
  const { landmarks } = await network.run(pixels);
  return Array.from({ length: frames.length * perFrame }, (_, index) => {
    const found = landmarks.data.subarray(index * 136, index * 136 + 136);
    const isMirror = index % perFrame === 1;
    const map = maps[Math.floor(index / perFrame)]!;
    return Array.from({ length: 68 }, (_, number) => {
      const from = isMirror ? MIRRORED[number]! : number;
      const x = found[2 * from]! * INPUT - 0.5; // fractions of the input to pixel centres
      const y = found[2 * from + 1]! * INPUT - 0.5;
      return applySimilarity(map, [isMirror ? INPUT - 1 - x : x, y]);
    });
  });
}

function averagePoints(opinions: readonly (readonly Point[])[]): Point[] {
  return opinions[0]!.map((_, number) => {
    let x = 0;
    let y = 0;
    for (const points of opinions) {
      x += points[number]![0];
      y += points[number]![1];
    }
    return [x / opinions.length, y / opinions.length];
  });
}

function mirroredNumbers(): number[] {
  const numbers = Array.from({ length: 68 }, (_, number) => number);
  const swap = (pairs: readonly (readonly [number, number])[]): void => {
    for (const [one, other] of pairs) [numbers[one], numbers[other]] = [other, one];
  };
  swap(Array.from({ length: 8 }, (_, index) => [index, 16 - index] as const)); // jaw
  swap(Array.from({ length: 5 }, (_, index) => [17 + index, 26 - index] as const)); // brows
  swap([31, 32].map((number) => [number, 66 - number] as const)); // nostrils
  swap([36, 37, 38, 39].map((number) => [number, 81 - number] as const)); // upper lids and corners of the eyes
  swap([40, 41].map((number) => [number, 87 - number] as const)); // lower lids
  swap([48, 49, 50].map((number) => [number, 102 - number] as const)); // outer upper lip
  swap([55, 56].map((number) => [number, 114 - number] as const)); // outer lower lip
  swap([60, 61].map((number) => [number, 124 - number] as const)); // inner upper lip
  swap([[65, 67]]); // inner lower lip
  return numbers;
}
