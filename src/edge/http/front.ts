/** Opens the two listeners: the console with its API for staff and programs, and the public one for subscribers. */
import { type Listener, openConsole } from './console-listener.ts';
import type { LiveBacklog } from './live-socket.ts';
import type { FrontPorts } from './ports.ts';
import { openPublic } from './public-listener.ts';

export interface Front {
  readonly http: Listener['address'];
  readonly public: Listener['address'];
  /** For /metrics: what came and was refused at either listener since the start. */
  counters(): Readonly<Record<string, number>>;
  /** Ends both listeners and every connection. */
  close(): Promise<void>;
}

/** Port 0 takes a free one. Rejects with a Fault when pages are missing, with the system's error when a port is taken. */
export async function openFront(settings: {
  readonly ports: FrontPorts;
  readonly http: { readonly host: string; readonly port: number };
  readonly public: { readonly host: string; readonly port: number };
  /** Where vite put the built console. */
  readonly pagesFolder: string;
  /** What may wait for readers of /ws. */
  readonly liveBacklog?: Partial<LiveBacklog> | undefined;
}): Promise<Front> {
  const console = await openConsole(settings.ports, settings.http, {
    folder: settings.pagesFolder,
    liveBacklog: settings.liveBacklog,
  });
  try {
    const open = await openPublic(settings.ports, settings.public);
    return {
      http: console.address,
      public: open.address,
      counters: () => ({
        ...{ ...console.counters(), ...open.counters() },
        ...settings.ports.query.counters(),
      }),
      async close() {
        await Promise.all([console.close(), open.close()]);
      },
    };
  } catch (cause) {
    await console.close();
    throw cause;
  }
}
