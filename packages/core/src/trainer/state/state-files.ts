/** Where the state for resuming lies in a checkpoint, beside the files of the folded model. */
export const stateFile = 'training/state.json';
export const tensorsFile = 'training/state.safetensors';
