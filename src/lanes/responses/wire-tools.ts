import type { SettingsSnapshot, ToolSpec } from '../../ports/index.ts';
import { builtInFor } from './built-in-tools.ts';
import type { EndpointFeatures } from './features.ts';

type WireTool = Readonly<Record<string, unknown>>;

/**
 * The tools of a request. The endpoint's own shell and patch tools stand in the place of ours where it has them and they are
 * wanted; what takes free text is a custom tool where it has those, else a function.
 */
export function wireTools(
  specs: readonly ToolSpec[],
  features: EndpointFeatures,
  settings: SettingsSnapshot,
): readonly WireTool[] {
  const own = specs.map(({ name, description, parameters, freeform }): WireTool => {
    const builtIn = settings.apiBuiltinTools && features.builtInTools ? builtInFor(name) : null;
    if (builtIn !== null) return builtIn;
    if (freeform !== undefined && features.customTools) {
      const { syntax, definition } = freeform.grammar;
      return { type: 'custom', name, description, format: { type: 'grammar', syntax, definition } };
    }
    // Not strict: that wants every parameter required, and ours are checked when they come.
    return { type: 'function', name, description, parameters, ...(features.strictSchemas ? { strict: false } : {}) };
  });
  return settings.apiWebSearch && features.webSearch ? [...own, { type: 'web_search' }] : own;
}
