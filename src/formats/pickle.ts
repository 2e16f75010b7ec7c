/** Python pickles are programs that run when they are loaded, so they are refused, with the export that is safe to share. */
import { FormatError } from './files.js';

/** What every refusal says. */
export const PICKLE = 'a pickle is a program that runs when it is loaded, and is refused';

/** For PyTorch; docs/formats.md has both at length. */
const SAFETENSORS = `from safetensors.torch import save_file; save_file(model.state_dict(), 'model.safetensors', metadata={'activation': 'tanh', 'loss': 'softmax-cross-entropy'})`;

/** For scikit-learn. */
const SAVEZ = `import numpy as np; layers = {f'{k}_{i}': a for k in ('coefs', 'intercepts') for i, a in enumerate(getattr(model, k + '_'))}; np.savez('model.npz', **layers, activation=model.activation, out_activation=model.out_activation_, classes=list(getattr(model, 'classes_', [])))`;

/** Of a model, from the tool that its name or its form shows, else from both. */
export function refusePickle(file: string, tool?: 'PyTorch'): FormatError {
  const isTorch = tool === 'PyTorch' || /\.(pt|pth|ckpt|bin)$/i.test(file);
  const isSklearn = !isTorch && /\.joblib$/i.test(file);
  const ways = [
    ...(isSklearn ? [] : [`in PyTorch, ${SAFETENSORS}`]),
    ...(isTorch ? [] : [`with scikit-learn, ${SAVEZ}`]),
  ];
  return new FormatError(file, `${PICKLE}; save the weights instead: ${ways.join('; ')}`);
}
