/** Both listeners on free loopback ports over a daemon in memory, and short ways to call them. */
import type { World } from '../../src/base/world.ts';
import { type Front, openFront } from '../../src/edge/http/front.ts';
import type { LiveBacklog } from '../../src/edge/http/live-socket.ts';
import type { FrontPorts } from '../../src/edge/http/ports.ts';
import { emptyPages, type Pages } from './built-pages.ts';
import { key, type MemoryDaemon, memoryDaemon } from './front-ports.ts';
import { realWorld } from './real-world.ts';

export interface OpenedFront {
  readonly daemon: MemoryDaemon;
  readonly front: Front;
  readonly console: string;
  readonly public: string;
  /** Calls /api/v1 with the operator's key. */
  api(path: string, init?: RequestInit & { readonly json?: unknown }): Promise<Response>;
  close(): Promise<void>;
}

export async function openTestFront(
  options: {
    readonly world?: World;
    readonly pages?: Pages;
    readonly demo?: FrontPorts['demo'];
    /** Real ones in place of those in memory. */
    readonly ports?: Partial<FrontPorts>;
    readonly liveBacklog?: Partial<LiveBacklog>;
  } = {},
): Promise<OpenedFront> {
  const daemon = memoryDaemon(options.world ?? realWorld(), { demo: options.demo });
  const pages = options.pages ?? (await emptyPages());
  const at = { host: '127.0.0.1', port: 0 };
  const front = await openFront({
    // The same object: tests replace parts of it later.
    ports: Object.assign(daemon.ports, options.ports),
    http: at,
    public: at,
    pagesFolder: pages.folder,
    liveBacklog: options.liveBacklog,
  });
  const address = `http://127.0.0.1:${front.http.port}`;
  return {
    daemon,
    front,
    console: address,
    public: `http://127.0.0.1:${front.public.port}`,
    api: (path, { json, ...init } = {}) =>
      fetch(`${address}/api/v1${path}`, {
        ...init,
        ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
        headers: {
          authorization: `Bearer ${key}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    async close() {
      await front.close();
      if (options.pages === undefined) await pages.remove();
    },
  };
}
