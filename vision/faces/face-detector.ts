import type { Picture } from '../frame.ts';
import type { Network } from '../models/network.ts';
import { BLAZEFACE_INPUT, decodeBlazeface } from './blazeface.ts';
import { cut } from './cut.ts';
import { openFaceNetwork, type FaceNetworkOptions } from './face-networks.ts';
import { landmarkFrame, suppressOverlaps, type BoxHabit, type Face } from './face.ts';
import { boxHeight, boxWidth, type BoxXyxy } from './geometry.ts';
import { decodeYunet, YUNET_STRIDES } from './yunet.ts';

export type FaceDetectorName = 'yunet' | 'blazeface' | 'ssd-mobilenetv1';

export interface FaceDetector {
  readonly network: FaceDetectorName;
  /**
   * The faces in a picture, or in a part of it, most confident first. Faces cut by the region's edge may be missed: give
   * the region a margin of a face's width.
   * @param narrowestFacePixels the narrowest face that must be found, pixels of the picture: BlazeFace needs 15 pixels of
   *   its 256, so this sets into how many squares a region is cut; YuNet needs 15, so it sets how large a picture it sees
   */
  detect(picture: Picture, regionXyxy?: BoxXyxy, narrowestFacePixels?: number): Promise<Face[]>;
  close(): Promise<void>;
}

export interface FaceDetectorOptions extends FaceNetworkOptions {
  /** Faces less certain than this are left out; higher misses more, lower sees faces in patterns. */
  readonly minimumScore?: number;
}

/** What the door's limits on quality ask for. */
const NARROWEST_FACE_PIXELS = 44;
const BLAZEFACE_NARROWEST = 15;
const YUNET_NARROWEST = 15;
const YUNET_LONGEST_SIDE = 1280;
const SSD_INPUT = 512;
/** SSD's box goes from the brows to the chin, a little higher than wide. */
const SSD_HABIT: BoxHabit = { side: 1.12, down: 0 };

/** Opens a detector by its network's name. @throws UserError when the network is absent */
export async function openFaceDetector(
  network: FaceDetectorName,
  options: FaceDetectorOptions = {},
): Promise<FaceDetector> {
  switch (network) {
    case 'blazeface':
      return blazefaceDetector(await openFaceNetwork('blazeface', options), options);
    case 'yunet':
      return yunetDetector(await openFaceNetwork('yunet', options), options);
    case 'ssd-mobilenetv1':
      return ssdDetector(await openFaceNetwork('ssd-mobilenetv1', options), options);
  }
}

function blazefaceDetector(
  network: Network<'scores16' | 'scores32' | 'boxes16' | 'boxes32'>,
  { minimumScore = 0.5 }: FaceDetectorOptions,
): FaceDetector {
  return {
    network: 'blazeface',
    async detect(picture, regionXyxy = wholeOf(picture), narrowestFacePixels = NARROWEST_FACE_PIXELS) {
      const widestSquare = (BLAZEFACE_INPUT * narrowestFacePixels) / BLAZEFACE_NARROWEST;
      const faces: Face[] = [];
      for (const square of squaresOver(regionXyxy, widestSquare, 2 * narrowestFacePixels)) {
        const { rgb } = cut(picture, square, BLAZEFACE_INPUT, BLAZEFACE_INPUT);
        const { scores16, scores32, boxes16, boxes32 } = await network.run(rgb);
        const logits = [scores16.data, scores32.data] as const;
        faces.push(...decodeBlazeface({ logits, boxes: [boxes16.data, boxes32.data] }, square, minimumScore));
      }
      return suppressOverlaps(faces);
    },
    close: () => network.close(),
  };
}

type YunetOutput = `${'cls' | 'obj' | 'bbox' | 'kps'}_${(typeof YUNET_STRIDES)[number]}`;

function yunetDetector(
  network: Network<YunetOutput>,
  { minimumScore = 0.6 }: FaceDetectorOptions,
): FaceDetector {
  return {
    network: 'yunet',
    async detect(picture, regionXyxy = wholeOf(picture), narrowestFacePixels = NARROWEST_FACE_PIXELS) {
      const longest = Math.max(boxWidth(regionXyxy), boxHeight(regionXyxy));
      const wanted = Math.min(YUNET_LONGEST_SIDE, (longest * YUNET_NARROWEST) / narrowestFacePixels);
      const scale = longest / Math.max(160, wanted);
      const width = multipleOf32(boxWidth(regionXyxy) / scale);
      const height = multipleOf32(boxHeight(regionXyxy) / scale);
      const [left, top] = regionXyxy;
      const shown: BoxXyxy = [left, top, left + width * scale, top + height * scale];
      const outputs = await network.run(cut(picture, shown, width, height).rgb, { width, height });
      const grids = YUNET_STRIDES.map((stride) => ({
        stride,
        classScores: outputs[`cls_${stride}`].data,
        objectScores: outputs[`obj_${stride}`].data,
        boxes: outputs[`bbox_${stride}`].data,
        landmarks: outputs[`kps_${stride}`].data,
      }));
      return decodeYunet(grids, width, shown, minimumScore);
    },
    close: () => network.close(),
  };
}

function ssdDetector(
  network: Network<'boxes' | 'scores'>,
  { minimumScore = 0.5 }: FaceDetectorOptions,
): FaceDetector {
  return {
    network: 'ssd-mobilenetv1',
    async detect(picture, regionXyxy = wholeOf(picture)) {
      const side = Math.max(boxWidth(regionXyxy), boxHeight(regionXyxy));
      const [x, y] = regionXyxy;
      const { rgb } = cut(picture, [x, y, x + side, y + side], SSD_INPUT, SSD_INPUT);
      const { boxes, scores } = await network.run(rgb);
      const faces: Face[] = [];
      scores.data.forEach((score, index) => {
        if (score < minimumScore) return;
        const [top, left, bottom, right] = boxes.data.subarray(index * 4, index * 4 + 4);
        const boxXyxy: BoxXyxy = [x + left! * side, y + top! * side, x + right! * side, y + bottom! * side];
        faces.push({ boxXyxy, score, landmarks: [], landmarkFrame: landmarkFrame(boxXyxy, SSD_HABIT) });
      });
      return suppressOverlaps(faces);
    },
    close: () => network.close(),
  };
}

/**
 * Squares that cover a region, none wider than `widest` unless the region is smaller, overlapping by `overlap` so that
 * every face lies wholly in one of them.
 */
export function squaresOver(region: BoxXyxy, widest: number, overlap: number): BoxXyxy[] {
  const side = Math.min(widest, Math.max(boxWidth(region), boxHeight(region)));
  const starts = (from: number, length: number): number[] => {
    if (length <= side) return [from + (length - side) / 2];
    const count = Math.ceil((length - overlap) / (side - overlap));
    return Array.from({ length: count }, (_, index) => from + (index * (length - side)) / (count - 1));
  };
  return starts(region[1], boxHeight(region)).flatMap((top) =>
    starts(region[0], boxWidth(region)).map((left): BoxXyxy => [left, top, left + side, top + side]),
  );
}

const wholeOf = ({ width, height }: Picture): BoxXyxy => [0, 0, width, height];
const multipleOf32 = (pixels: number): number => Math.max(32, Math.ceil(pixels / 32 - 0.01) * 32);
