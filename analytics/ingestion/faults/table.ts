import type { Fault } from './act.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { OTHER_FAULTS } from './other-faults.ts';
import type { Random } from './random.ts';
import { SERVER_FAULTS } from './server-faults.ts';
import type { Servers } from './servers.ts';
import { WORKER_FAULTS } from './worker-faults.ts';

/** Everything that the suite can do to a run. */
export const FAULTS: readonly Fault[] = [
  ...WORKER_FAULTS,
  ...NETWORK_FAULTS,
  ...SERVER_FAULTS,
  ...OTHER_FAULTS,
];

/** Why a fault can't happen here; null when it can. */
export function whyNot({ needs }: Fault, { kafka, clickHouse }: Servers): string | null {
  if (needs.kafka === true && kafka === null) return 'it needs Kafka (--log kafka)';
  if (needs.nodes === 3 && kafka?.nodes.length !== 3) return 'it needs three brokers (--nodes 3)';
  if (needs.disk === 'ClickHouse') return clickHouse.disk.whyNot;
  if (needs.disk === 'Kafka') return kafka?.disk.whyNot ?? null;
  return null;
}

/** One of them, by weight. */
export function chooseFault(faults: readonly Fault[], random: Random): Fault {
  const total = faults.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.next() * total;
  for (const fault of faults) {
    left -= fault.weight;
    if (left < 0) return fault;
  }
  return faults.at(-1)!;
}
