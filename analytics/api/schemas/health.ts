import { Type } from 'typebox';
import { UtcTime } from './time.ts';

export const ComponentState = Type.Union([
  Type.Literal('ok'),
  Type.Literal('degraded'),
  Type.Literal('down'),
]);
export type ComponentState = Type.Static<typeof ComponentState>;

/** One part that the store stands on. `degraded`: works, worse than it should. `down`: does not work. */
export const Component = Type.Object({
  name: Type.String({ description: 'e.g. event-log, clickhouse, sink, cameras' }),
  state: ComponentState,
  detail: Type.String({ description: 'one sentence for the operator' }),
});
export type Component = Type.Static<typeof Component>;

/** Readiness: ready unless a part is down. */
export const Readiness = Type.Object(
  { ready: Type.Boolean(), at: UtcTime, components: Type.Array(Component) },
  { title: 'Readiness' },
);
export type Readiness = Type.Static<typeof Readiness>;

export const Liveness = Type.Object(
  { alive: Type.Literal(true), uptimeSeconds: Type.Number() },
  { title: 'Liveness' },
);
export type Liveness = Type.Static<typeof Liveness>;
