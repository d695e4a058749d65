import type { EventLog } from '../../../ingest/log/event-log.ts';
import type { Crew } from './crew.ts';
import type { Producer } from './producer.ts';
import type { Random } from './random.ts';
import type { Servers } from './servers.ts';

/** What a fault has in its hands while a run goes on. */
export interface Act {
  readonly random: Random;
  readonly servers: Servers;
  readonly crew: Crew;
  readonly producer: Producer;
  /** The run's log, outside of any worker. */
  readonly log: EventLog;
  /** Names of the run's topics as the brokers know them. */
  readonly topics: readonly string[];
  readonly group: string;
  /** Call it when the damage is done: recovery is counted from here. */
  struck(): void;
  /** Whether everything that was appended so far is stored and committed. */
  isDrained(): Promise<boolean>;
}

export interface Fault {
  /** e.g. `worker-killed-after-intent` */
  readonly name: string;
  /** What happens, for a person. */
  readonly sentence: string;
  /** How often it is chosen, against the others; slow ones get little. */
  readonly weight: number;
  /** What must be there for it. */
  readonly needs: {
    readonly kafka?: true;
    readonly nodes?: 3;
    readonly disk?: 'ClickHouse' | 'Kafka';
  };
  /** It breaks a server that other runs use, so nothing else runs meanwhile. */
  readonly alone?: true;
  /** Workers and producer reach the servers over wires that can be broken. */
  readonly wired?: true;
  /** Records that can't be stored are among the events. */
  readonly poison?: true;
  /** Does the damage, and mends what it broke. Workers are entered here; whoever is missing at the end is replaced. */
  strike(act: Act): Promise<void>;
}
