import { redirectConnections } from './redirect.ts';
import { skewClock } from './skewed-clock.ts';
import type { Order, Told } from './messages.ts';
import { startCarrying, type Role } from './carrying.ts';
import { startProducing } from './producing.ts';
import { messageOf } from '../../../runtime/errors.ts';
import { createLogger } from '../../../runtime/logger.ts';

/**
 * A process of the fault suite: started before it is needed, given a role, killed or reused. It ends with the suite.
 * When its role fails it ends too, as a worker under a supervisor does, and another one takes its place.
 */
const logger = createLogger('fault-actor', process.env['SMART_STORE_FAULTS_LOG'] ?? 'silent');
const routes = new Map<number, number>();
let role: Role | undefined;

redirectConnections(routes);
process.on('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  obey(order).catch(fail);
});
tell({ kind: 'idle' });

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'carry':
    case 'produce': {
      for (const [port, wire] of order.routes) routes.set(port, wire);
      role =
        order.kind === 'carry' ? startCarrying(order, tell, logger) : startProducing(order, tell, logger);
      role.failed.catch(fail);
      await role.opened;
      tell({ kind: 'open' });
      return;
    }
    case 'hold':
      if (role === undefined) throw new Error('A process without a role has no steps to stand still at.');
      role.hold(order);
      return;
    case 'release':
      role?.release();
      return;
    case 'skew-clock':
      skewClock(order.offsetMs);
      return;
    case 'close':
      role?.release();
      await role?.close();
      role = undefined;
      routes.clear();
      tell({ kind: 'idle' });
  }
}

function tell(what: Told): void {
  // A suite that is gone hears nothing; `disconnect` ends this process.
  if (process.connected) process.send?.(what, undefined, undefined, () => undefined);
}

function fail(error: unknown): void {
  process.send?.({ kind: 'failed', reason: messageOf(error) } satisfies Told, undefined, undefined, () =>
    process.exit(1),
  );
}
