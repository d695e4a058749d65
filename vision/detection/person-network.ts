import type { NetworkInUse } from '../faces/networks-in-use.ts';
import { CATALOGUE } from '../models/catalogue.ts';
import { isPresent } from '../models/choice.ts';
import type { Tiling } from './picture-parts.ts';
import type { NetworkOptions } from '../models/network.ts';

/** Networks that find people, and whose answers we can read. */
export type PersonDetectorName = 'centernet' | 'centernet-wide' | 'yolox-nano';

/**
 * Chooses the network that finds people: YOLOX-nano where it was added (it takes fewer other things for people), else
 * CenterNet, which npm brings, for wide pictures.
 * @throws UserError when the added file was altered
 */
export async function choosePersonNetwork({ folders }: NetworkOptions = {}): Promise<PersonDetectorName> {
  return (await isPresent(CATALOGUE['yolox-nano'], folders)) ? 'yolox-nano' : 'centernet-wide';
}

/** In which tiles a ceiling camera looks. YOLOX-nano is small: in two tiles it costs no more than CenterNet in none. */
export const CEILING_TILES: Readonly<Record<PersonDetectorName, Tiling>> = {
  centernet: { columns: 1, rows: 1 },
  'centernet-wide': { columns: 1, rows: 1 },
  'yolox-nano': { columns: 2, rows: 1 },
};

/** What finds people and why, for the page and `doctor`. */
export function describePersonNetwork(name: PersonDetectorName): NetworkInUse {
  return {
    task: 'person detection',
    name,
    why:
      name === 'yolox-nano'
        ? 'takes fewer other things for people than CenterNet'
        : 'comes with npm; YOLOX-nano would take fewer other things for people',
  };
}
