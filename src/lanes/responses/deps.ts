import type { ApiModel, EndpointLimit } from '../../model/index.ts';
import type {
  Clock,
  EndpointMemory,
  Instructions,
  Log,
  OpenRawStream,
  SettingsSnapshot,
  Tools,
} from '../../ports/index.ts';
import type { ApiKey } from './endpoint.ts';

export type ResponsesLaneDeps = {
  readonly settings: () => SettingsSnapshot;
  /** The key that belongs to an origin and goes nowhere else; null = there is none. */
  readonly keyFor: (origin: string) => Promise<ApiKey | null>;
  /** Default: the global one, which the editor routes through its proxy settings. */
  readonly fetch?: typeof globalThis.fetch;
  /** Begins to keep the raw stream of a turn, where the user wants that; left out: nothing is kept. */
  readonly rawStream?: OpenRawStream;
  /** Hears what each answer says of the endpoint's limits. */
  readonly onLimits?: (limits: readonly EndpointLimit[]) => void;
  /** What endpoints refused before; left out: it is found out in each turn. */
  readonly endpoints?: EndpointMemory;
  /** What the endpoint's list says of a model; null or left out = nothing. */
  readonly modelFacts?: (model: string) => ApiModel | null;
  /** What the model may do; left out: it only talks. */
  readonly tools?: Tools;
  /** What it is told before the conversation; left out: the folder alone. */
  readonly instructions?: Instructions;
  /** Keeps an image that the endpoint made, and says where; left out: it is not kept. */
  readonly keepImage?: (
    bytes: Uint8Array,
    type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp',
  ) => Promise<string>;
  /** From 0 to 1, for waits that are not to be the same everywhere. Default: `Math.random`. */
  readonly random?: () => number;
  readonly clock: Clock;
  readonly log: Log;
};
