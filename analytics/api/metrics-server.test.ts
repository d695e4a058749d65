import { expect, test } from 'vitest';
import { createLogger } from '../../runtime/logger.ts';
import { parseExposition, valueOf } from '../../runtime/prometheus-text.ts';
import { startTelemetry } from '../../runtime/telemetry.ts';
import { createMetricsServer } from './metrics-server.ts';

test('a worker without a page gives its metrics, and nothing else; addresses that do not exist share one label', async () => {
  const logger = createLogger('test', 'silent');
  const who = { serviceName: 'smart-store-sink', instance: 'demo', version: '1', profile: 'cluster' };
  const telemetry = startTelemetry({ ...who, logger });
  const app = createMetricsServer({ metricsText: () => telemetry.metricsText(), logger });
  for (const url of ['/admin', '/wp-login.php', '/admin'])
    expect((await app.inject(url)).statusCode).toBe(404);
  expect((await app.inject('/metrics')).statusCode).toBe(200);
  const answer = await app.inject('/metrics');
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const families = parseExposition(answer.body);
  const requests = 'http_server_request_duration_seconds_count';
  const asked = families.get('http_server_request_duration_seconds')!.samples;
  expect(new Set(asked.map(({ labels }) => labels['http_route']))).toEqual(
    new Set(['unmatched', '/metrics']),
  );
  expect(valueOf(families, requests, { http_route: 'unmatched', http_response_status_code: '404' })).toBe(3);
  expect(valueOf(families, requests, { http_route: '/metrics', http_request_method: 'GET' })).toBe(1);
  await app.close();
  await telemetry.close();
});
