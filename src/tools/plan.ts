import * as z from 'zod';
import type { Tool } from './tool.ts';
import { said, wrongArguments } from './tool.ts';

const statuses = ['pending', 'in_progress', 'completed'] as const;
const mostSteps = 50;

/** What `update_plan` takes; its JSON Schema below is held against it. */
export const planArguments = z.strictObject({
  explanation: z.string().optional(),
  plan: z.array(z.strictObject({ step: z.string().min(1), status: z.enum(statuses) })).max(mostSteps),
});

/** The plan of the turn, shown as a plan. It changes nothing. */
export function planTool(): Tool {
  return {
    spec: {
      name: 'update_plan',
      description:
        'Shows the user your plan. Use it for work of several steps, and again whenever a step is done. One step at most is in_progress.',
      parameters: {
        type: 'object',
        properties: {
          explanation: { type: 'string' },
          plan: {
            type: 'array',
            maxItems: mostSteps,
            items: {
              type: 'object',
              properties: { step: { type: 'string', minLength: 1 }, status: { type: 'string', enum: [...statuses] } },
              required: ['step', 'status'],
              additionalProperties: false,
            },
          },
        },
        required: ['plan'],
        additionalProperties: false,
      },
      parallel: true,
    },
    run: async (given, { itemId }, { emit }) => {
      const read = planArguments.safeParse(given);
      if (!read.success) return wrongArguments('update_plan', read.error);
      const steps = read.data.plan.map(({ step, status }) => ({ text: step, status }));
      emit({ kind: 'plan_updated', steps, itemId });
      return said('The plan is shown.');
    },
  };
}
