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
