/** Why the window does not take a change: sentences for the model, which reads English. */
export const modelWords = {
  notOpen: 'No editor has this file open.',
  notTaken: 'The editor did not take the edit.',
  otherNotebook: 'This kind of notebook can’t be changed while it is open.',
  noNotebook: 'The new text is no notebook: its JSON is broken or has no cells.',
  besideCells: 'Beside its cells nothing of an open notebook can be changed: it has to be closed first.',
  outputs: 'Outputs of an open notebook can be taken away and not written: it has to be run.',
} as const;
