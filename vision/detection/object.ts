import { boxHeight, boxWidth, intersectionOverUnion, type BoxXyxy } from '../faces/geometry.ts';

/** The class of a person in COCO, the set of pictures that our detectors learnt from; its 80 classes count from 0. */
export const PERSON = 0;

/** Something that a detector found, in pixels of the picture it was given. */
export interface DetectedObject {
  readonly boxXyxy: BoxXyxy;
  /** The network's own confidence, 0..1. Networks differ in what their numbers mean: see `person-score.ts`. */
  readonly score: number;
  /** COCO's class, counted from 0. */
  readonly classIndex: number;
}

/** An object that was found in a part of the picture. */
export interface FoundInPart extends DetectedObject {
  /** The part's edge runs through it: it may be a piece of something larger. */
  readonly isCutOff: boolean;
}

/**
 * Keeps the most confident of objects of one class that overlap (greedy non-maximum suppression, class by class: a bag
 * never takes away the person who carries it).
 *
 * Objects that a part's edge cuts off come last, and go when most of them lies in a kept one: a whole person in the whole
 * picture wins over their upper half in a tile, whatever the scores. Boxes that begin at one head are one person.
 * @param mostOverlap an intersection over union above this is the same object. Higher keeps people who stand before each
 *   other, and keeps more doubles
 */
export function suppressDoubles<Found extends DetectedObject & { readonly isCutOff?: boolean }>(
  objects: readonly Found[],
  mostOverlap = 0.5,
): Found[] {
  const kept: Found[] = [];
  const rank = ({ isCutOff = false, score }: Found): number => (isCutOff ? score - 1 : score);
  for (const object of [...objects].sort((one, other) => rank(other) - rank(one))) {
    const isDouble = kept.some(
      (better) =>
        better.classIndex === object.classIndex &&
        (intersectionOverUnion(better.boxXyxy, object.boxXyxy) > mostOverlap ||
          (object.classIndex === PERSON && haveOneHead(better.boxXyxy, object.boxXyxy)) ||
          (object.isCutOff === true && shareInside(object.boxXyxy, better.boxXyxy) > MOST_OF_A_PIECE)),
    );
    if (!isDouble) kept.push(object);
  }
  return kept;
}

const MOST_OF_A_PIECE = 0.6;
/** A smaller box on somebody lies so much in the larger one. */
const MOST_OF_A_BODY = 0.8;
/** A head is about a seventh of a body and two fifths of its width. */
const HEAD_HEIGHT = 0.13;
const HEAD_WIDTH = 0.4;

/**
 * Whether two boxes begin at the same head, and one lies in the other: the whole of somebody, and the half that a counter
 * leaves. Of two people whose heads are at one place in the picture the farther one can't be seen.
 */
function haveOneHead(box: BoxXyxy, other: BoxXyxy): boolean {
  const width = Math.min(boxWidth(box), boxWidth(other));
  const height = Math.min(boxHeight(box), boxHeight(other));
  const aside = Math.abs(box[0] + box[2] - other[0] - other[2]) / 2;
  return (
    Math.abs(box[1] - other[1]) < HEAD_HEIGHT * height &&
    aside < HEAD_WIDTH * width &&
    Math.max(shareInside(box, other), shareInside(other, box)) > MOST_OF_A_BODY
  );
}

/** Which part of a box's area lies in another box. */
function shareInside(box: BoxXyxy, other: BoxXyxy): number {
  const width = Math.min(box[2], other[2]) - Math.max(box[0], other[0]);
  const height = Math.min(box[3], other[3]) - Math.max(box[1], other[1]);
  return width <= 0 || height <= 0 ? 0 : (width * height) / (boxWidth(box) * boxHeight(box));
}
