import type { Picture } from '../frame.ts';
import type { Network } from '../models/network.ts';
import { openFaceNetwork, type FaceNetworkOptions } from './face-networks.ts';
import { arcfaceFromLandmarks, CHIP_SIZE, frameOnChip, frameToPicture } from './face-chip.ts';
import type { AlignedFace, Depth } from './face-landmarks.ts';
import type { Embedding, EmbeddingNetworkName, EmbeddingSpace, SpacePart } from './embedding-space.ts';
import { composeSimilarity, type Point, type Similarity } from './geometry.ts';
import { warpInto } from './warp.ts';

export interface FaceEmbedder {
  readonly space: EmbeddingSpace;
  /** The embedding of an aligned face; `accurate` looks at more slightly moved chips, in the same space. */
  /**
   * @param dlibChips dlib's chip of the face and its mirror image, where they have been made already
   */
  embed(picture: Picture, face: AlignedFace, depth: Depth, dlibChips?: Uint8Array): Promise<Embedding>;
  close(): Promise<void>;
}

/** A chip moved by a trifle: shift in chip pixels (of 150), scale, turn. */
interface Nudge {
  readonly shift: Point;
  readonly scale: number;
  readonly turnDegrees: number;
}

const nudge = (x: number, y: number, scale: number, turnDegrees: number): Nudge => ({
  shift: [x, y],
  scale,
  turnDegrees,
});

/**
 * Every chip is embedded as it is and in the mirror, and the embeddings are averaged. `accurate` adds two of the small moves
 * that dlib's networks were trained with (`jitter_image`: up to 3 degrees, 2 % shift, 3 % scale; with a hundred of them at
 * random dlib reaches its published 99.38 % on LFW). They are always the same, so that a picture always gives the same
 * template.
 */
const NUDGES: Readonly<Record<Depth, readonly Nudge[]>> = {
  fast: [nudge(0, 0, 1, 0)],
  accurate: [nudge(0, 0, 1, 0), nudge(2.5, 2.5, 1.03, 2.5), nudge(-2.5, -2.5, 0.98, -2.5)],
};

/** How each network wants its faces: side in pixels, and where that square lies. */
interface Cut {
  readonly pixels: number;
  /** Whether the small moves help this network; each costs two runs. */
  readonly nudged: boolean;
  readonly toPicture: (face: AlignedFace) => Similarity;
}

const CUTS: Readonly<Record<EmbeddingNetworkName, Cut>> = {
  'face-recognition': { pixels: CHIP_SIZE, nudged: true, toPicture: (face) => face.chipToPicture },
  // trained on faces with hair and chin: 1.3 times dlib's chip parts people best (README)
  faceres: {
    pixels: 224,
    nudged: false,
    toPicture: (face) => frameToPicture(frameOnChip(face.chipToPicture, [74.5, 70], 200), 224),
  },
  'mobileface-v2': {
    pixels: 112,
    nudged: true,
    toPicture: (face) => arcfaceFromLandmarks(face.landmarks68, face.chipToPicture),
  },
  sface: {
    pixels: 112,
    nudged: true,
    toPicture: (face) => arcfaceFromLandmarks(face.landmarks68, face.chipToPicture),
  },
};

/** Opens the networks of a space. @throws UserError when one is absent */
export async function openFaceEmbedder(
  space: EmbeddingSpace,
  options: FaceNetworkOptions = {},
): Promise<FaceEmbedder> {
  const networks: { part: SpacePart; network: Network<'embedding'> }[] = [];
  for (const part of space.parts) {
    networks.push({ part, network: await openFaceNetwork<'embedding'>(part.network, options) });
  }
  return {
    space,
    async embed(picture, face, depth, dlibChips) {
      const embedding = new Float32Array(space.length);
      let start = 0;
      for (const { part, network } of networks) {
        const made = part.network === 'face-recognition' ? dlibChips : undefined;
        embedding.set(await embedPart(network, part, picture, face, depth, made), start);
        start += part.length;
      }
      return embedding;
    },
    async close() {
      for (const { network } of networks) await network.close();
    },
  };
}

async function embedPart(
  network: Network<'embedding'>,
  part: SpacePart,
  picture: Picture,
  face: AlignedFace,
  depth: Depth,
  firstChips: Uint8Array | undefined,
): Promise<Float32Array> {
  const { pixels, nudged, toPicture } = CUTS[part.network];
  const chipBytes = pixels * pixels * 3;
  const base = toPicture(face);
  const nudges = NUDGES[nudged ? depth : 'fast'];
  const chips = new Uint8Array(nudges.length * 2 * chipBytes);
  if (firstChips) chips.set(firstChips);
  nudges.forEach((nudge, index) => {
    if (index === 0 && firstChips) return; // the first nudge moves nothing
    const straight = chips.subarray(index * 2 * chipBytes, (index * 2 + 1) * chipBytes);
    const mirrored = chips.subarray((index * 2 + 1) * chipBytes, (index * 2 + 2) * chipBytes);
    const map = composeSimilarity(base, nudgeMap(nudge, pixels));
    warpInto(straight, mirrored, picture, map, pixels, pixels);
  });
  const embeddings = await embedChips(network, chips, chipBytes);
  const mean = new Float32Array(part.length);
  for (let chip = 0; chip < nudges.length * 2; chip++) {
    const one = embeddings.subarray(chip * part.length, (chip + 1) * part.length);
    const scale = part.metric === 'cosine' ? 1 / lengthOf(one) : 1;
    one.forEach((value, index) => (mean[index]! += value * scale));
  }
  const divisor = part.metric === 'cosine' ? lengthOf(mean) : nudges.length * 2;
  return mean.map((value) => value / divisor);
}

/** All chips in one run, or one by one where the network's file takes one at a time. */
async function embedChips(
  network: Network<'embedding'>,
  chips: Uint8Array,
  chipBytes: number,
): Promise<Float32Array> {
  if (network.entry.input.batch === 'N') return (await network.run(chips)).embedding.data;
  const embeddings: number[] = [];
  for (let start = 0; start < chips.length; start += chipBytes) {
    const { embedding } = await network.run(chips.subarray(start, start + chipBytes));
    embeddings.push(...embedding.data);
  }
  return Float32Array.from(embeddings);
}

function nudgeMap({ shift, scale, turnDegrees }: Nudge, pixels: number): Similarity {
  const turn = (turnDegrees * Math.PI) / 180;
  const a = scale * Math.cos(turn);
  const b = scale * Math.sin(turn);
  const middle = (pixels - 1) / 2;
  const perChip = pixels / CHIP_SIZE;
  return {
    a,
    b,
    tx: middle + shift[0] * perChip - (a - b) * middle,
    ty: middle + shift[1] * perChip - (b + a) * middle,
  };
}

function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares) || 1;
}
