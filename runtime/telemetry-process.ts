import { METRICS } from './telemetry-metrics.ts';
import { measure, observe } from './telemetry-instruments.ts';

const PERIOD_MS = 100;

/** Watches this process: processor, memory, start, and how late its event loop is. @returns ends it */
export function observeProcess(build: { readonly version: string; readonly profile: string }): () => void {
  const { processCpu, processResident, processStart, heapUsed, buildInfo } = METRICS;
  const startedSeconds = performance.timeOrigin / 1000;
  const stopObserving = observe(
    [processCpu, processResident, processStart, heapUsed, buildInfo],
    (report) => {
      const { user, system } = process.cpuUsage();
      const memory = process.memoryUsage();
      report(processCpu, (user + system) / 1e6, {});
      report(processResident, memory.rss, {});
      report(processStart, startedSeconds, {});
      report(heapUsed, memory.heapUsed, {});
      report(buildInfo, 1, { version: build.version, profile: build.profile, node: process.versions.node });
    },
  );
  // A histogram of our own: the quantiles that Node offers are since its start, or since whoever asked last.
  let dueMs = performance.now() + PERIOD_MS;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    measure(METRICS.eventLoopDelay, Math.max(0, nowMs - dueMs) / 1000, {});
    dueMs = nowMs + PERIOD_MS;
  }, PERIOD_MS).unref();
  return () => {
    clearInterval(timer);
    stopObserving();
  };
}
