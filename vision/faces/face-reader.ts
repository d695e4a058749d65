import type { Picture } from '../frame.ts';
import type { Embedding, EmbeddingSpace } from './embedding-space.ts';
import { CHIP_SIZE } from './face-chip.ts';
import { openFaceEmbedder } from './face-embedder.ts';
import { openFaceAligner, type Depth } from './face-landmarks.ts';
import type { FaceNetworkOptions } from './face-networks.ts';
import type { Face } from './face.ts';
import {
  measureQuality,
  poorQuality,
  type FaceQuality,
  type PoorQuality,
  type QualityLimits,
} from './quality.ts';
import { warpInto } from './warp.ts';

const CHIP_BYTES = CHIP_SIZE * CHIP_SIZE * 3;

/** What a face in a picture gives. A face of poor quality is not embedded. */
export type FaceReading =
  | { readonly kind: 'embedded'; readonly quality: FaceQuality; readonly embedding: Embedding }
  | { readonly kind: 'poor-quality'; readonly quality: FaceQuality; readonly reason: PoorQuality };

/** Aligns, judges and embeds: the only way from a picture to an embedding. */
export interface FaceReader {
  readonly space: EmbeddingSpace;
  /** @param limits without them every face is embedded */
  read(picture: Picture, face: Face, depth: Depth, limits?: QualityLimits): Promise<FaceReading>;
  close(): Promise<void>;
}

/** Opens the networks that a space needs. @throws UserError when one is absent */
export async function openFaceReader(
  space: EmbeddingSpace,
  options: FaceNetworkOptions = {},
): Promise<FaceReader> {
  const aligner = await openFaceAligner(options);
  const embedder = await openFaceEmbedder(space, options);
  return {
    space,
    async read(picture, face, depth, limits) {
      const aligned = await aligner.align(picture, face, depth);
      const chips = new Uint8Array(2 * CHIP_BYTES);
      const straight = chips.subarray(0, CHIP_BYTES);
      const mirrored = chips.subarray(CHIP_BYTES);
      warpInto(straight, mirrored, picture, aligned.chipToPicture, CHIP_SIZE, CHIP_SIZE);
      const chip = { width: CHIP_SIZE, height: CHIP_SIZE, rgb: straight };
      const quality = measureQuality(face.boxXyxy, aligned.landmarks68, aligned.chipToPicture, chip);
      const reason = limits && poorQuality(quality, limits);
      if (reason) return { kind: 'poor-quality', quality, reason };
      return { kind: 'embedded', quality, embedding: await embedder.embed(picture, aligned, depth, chips) };
    },
    async close() {
      await aligner.close();
      await embedder.close();
    },
  };
}
