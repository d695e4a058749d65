import type { Picture } from '../frame.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import { openNetwork, type NetworkOptions } from '../models/network.ts';
import { CENTERNET_INPUTS, decodeCenternet } from './centernet.ts';
import { PERSON, suppressDoubles, type DetectedObject, type FoundInPart } from './object.ts';
import { isCutOff, letterbox, partsOf, toPicture, type Tiling } from './picture-parts.ts';
import type { PersonDetectorName } from './person-network.ts';
import { networkScore, personScore } from './person-score.ts';
import { decodeYolox, YOLOX_INPUT } from './yolox.ts';

/** A person that a detector found, in pixels of the picture it was given. */
export interface PersonDetection {
  readonly boxXyxy: BoxXyxy;
  /** How sure it is, 0..1, meaning the same for every network: see `person-score.ts`. */
  readonly score: number;
}

export interface PersonDetectorOptions extends NetworkOptions {
  /** People less certain than this are left out. A tracker wants the uncertain ones too. */
  readonly minimumScore?: number;
  /** Look at overlapping tiles as well: finds smaller people, costs a run of the network a tile. */
  readonly tiles?: Tiling;
}

export interface PersonDetector {
  readonly network: PersonDetectorName;
  /**
   * The people in a picture, most confident first. It computes on the calling thread.
   * @param frame its pixels must stay valid until the promise resolves
   */
  detect(frame: Picture): Promise<PersonDetection[]>;
  close(): Promise<void>;
}

/** What differs between the networks. */
interface Looker {
  readonly input: { readonly width: number; readonly height: number };
  readonly background: number;
  look(rgb: Uint8Array, minimumScore: number): Promise<DetectedObject[]>;
  close(): Promise<void>;
}

const MINIMUM_SCORE = 0.6;

/** Opens a detector by its network's name. @throws UserError when the network is absent */
export async function openPersonDetector(
  network: PersonDetectorName,
  { minimumScore = MINIMUM_SCORE, tiles, ...options }: PersonDetectorOptions = {},
): Promise<PersonDetector> {
  const looker = await openLooker(network, options);
  const leastOfNetwork = networkScore(network, minimumScore);
  return {
    network,
    async detect(frame) {
      const found: FoundInPart[] = [];
      for (const part of partsOf(frame, tiles)) {
        const shown = letterbox(frame, part, looker.input, looker.background);
        for (const object of await looker.look(shown.rgb, leastOfNetwork)) {
          const boxXyxy = toPicture(shown, object.boxXyxy);
          found.push({ ...object, boxXyxy, isCutOff: isCutOff(shown, boxXyxy, frame) });
        }
      }
      return suppressDoubles(found)
        .filter(({ classIndex }) => classIndex === PERSON)
        .map(({ boxXyxy, score }) => ({ boxXyxy, score: personScore(network, score) }))
        .sort((one, other) => other.score - one.score);
    },
    close: () => looker.close(),
  };
}

async function openLooker(name: PersonDetectorName, options: NetworkOptions): Promise<Looker> {
  switch (name) {
    case 'centernet':
    case 'centernet-wide': {
      const network = await openNetwork(name, options);
      return {
        input: CENTERNET_INPUTS[name],
        background: 0,
        async look(rgb, minimumScore) {
          const { detections } = await network.run(rgb);
          return decodeCenternet(detections.data, minimumScore);
        },
        close: () => network.close(),
      };
    }
    case 'yolox-nano': {
      const network = await openNetwork(name, options);
      return {
        input: { width: YOLOX_INPUT, height: YOLOX_INPUT },
        background: 114, // the grey of its training
        async look(rgb, minimumScore) {
          const { predictions } = await network.run(rgb);
          return decodeYolox(predictions.data, minimumScore);
        },
        close: () => network.close(),
      };
    }
  }
}
