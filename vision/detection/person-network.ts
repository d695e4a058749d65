import type { NetworkInUse } from '../faces/networks-in-use.ts';
import { CATALOGUE } from '../models/catalogue.ts';
import { isPresent } from '../models/choice.ts';
import type { NetworkOptions } from '../models/network.ts';

/** Networks that find people, and whose answers we can read. */
export type PersonDetectorName = 'centernet' | 'yolox-nano';

/**
 * Chooses the network that finds people: YOLOX-nano where it was added (it misses fewer and costs half), else CenterNet,
 * which npm brings.
 * @throws UserError when the added file was altered
 */
export async function choosePersonNetwork({ folders }: NetworkOptions = {}): Promise<PersonDetectorName> {
  return (await isPresent(CATALOGUE['yolox-nano'], folders)) ? 'yolox-nano' : 'centernet';
}

/** What finds people and why, for the page and `doctor`. */
export function describePersonNetwork(name: PersonDetectorName): NetworkInUse {
  return {
    task: 'person detection',
    name,
    why:
      name === 'yolox-nano'
        ? 'misses fewer people than CenterNet at half the cost'
        : 'comes with npm; YOLOX-nano would find more at half the cost',
  };
}
