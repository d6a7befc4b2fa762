import type { SettingsSnapshot, ToolSpec } from '../../ports/index.ts';
import type { EndpointFeatures } from './features.ts';

type WireTool = Readonly<Record<string, unknown>>;

/** The tools of a request. What takes free text is a custom tool where the endpoint has those, else a function. */
export function wireTools(
  specs: readonly ToolSpec[],
  features: EndpointFeatures,
  settings: SettingsSnapshot,
): readonly WireTool[] {
  const own = specs.map(({ name, description, parameters, freeform }): WireTool => {
    if (freeform !== undefined && features.customTools) {
      const { syntax, definition } = freeform.grammar;
      return { type: 'custom', name, description, format: { type: 'grammar', syntax, definition } };
    }
    // Not strict: that wants every parameter required, and ours are checked when they come.
    return { type: 'function', name, description, parameters, ...(features.strictSchemas ? { strict: false } : {}) };
  });
  return settings.apiWebSearch && features.webSearch ? [...own, { type: 'web_search' }] : own;
}
