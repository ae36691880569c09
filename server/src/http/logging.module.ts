import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { destination } from 'pino';

/** What a log may say of an address: no query, and no token of a provisioning link. */
export const loggableUrl = (url: string): string => (url.split('?')[0] ?? '').replace(/(\/provision\/)[^/]+/, '$1...');

/** What the framework tells of its own wiring at every start. */
const CHATTER = new Set(['InstanceLoader', 'NestFactory', 'NestApplication', 'RouterExplorer', 'RoutesResolver']);
const INFO = 30;

const isChatter = (first: unknown, level: number): boolean =>
  level <= INFO && typeof first === 'object' && first !== null && 'context' in first && CHATTER.has(String(first.context));

/**
 * Structured log on stderr (stdout belongs to the lines a person reads at the start). Requests are logged at `debug`.
 */
@Module({})
export class LoggingModule {
  static with(options: { readonly logLevel: string }): DynamicModule {
    const logger = LoggerModule.forRoot({
      pinoHttp: [
        {
          level: options.logLevel,
          serializers: {
            req: (req: { id: unknown; method: string; url: string }) => ({ id: req.id, method: req.method, url: loggableUrl(req.url) }),
            res: (res: { statusCode: number }) => ({ status: res.statusCode }),
          },
          hooks: {
            logMethod(args, method, level) {
              if (!isChatter(args[0], level)) method.apply(this, args);
            },
          },
          redact: ['req.headers', 'res.headers', '*.password', '*.token'],
          // The problem filter has logged a failure of ours with its cause.
          customLogLevel: (_req: IncomingMessage, res: ServerResponse) => (res.statusCode >= 500 ? 'silent' : 'debug'),
        },
        destination({ fd: 2, sync: false }),
      ],
    });
    return { module: LoggingModule, imports: [logger], exports: [logger] };
  }
}
