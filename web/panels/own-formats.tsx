/** How to save a model so that it can be read here: a line for each tool. */
import { type JSX } from 'preact';

const TOOLS: readonly [tool: string, code: string][] = [
  ['PyTorch', "save_file(model.state_dict(), 'model.safetensors')  # safetensors.torch"],
  ['ONNX', "torch.onnx.export(model.eval(), (x,), 'model.onnx')"],
  ['Keras', "model.save('model.keras')"],
  ['TF.js', "await model.save('downloads://model')  // model.json and its .bin"],
  [
    'scikit-learn',
    `layers = {f'{k}_{i}': a for k in ('coefs', 'intercepts') for i, a in enumerate(getattr(mlp, k + '_'))}
np.savez('model.npz', **layers, activation=mlp.activation, out_activation=mlp.out_activation_)`,
  ],
  ['NumPy', "np.savez('model.npz', W1=w1, b1=b1, W2=w2, b2=b2)"],
  ['data', "frame.to_csv('data.csv', index=False)  # or np.savez('data.npz', X=X, y=y)"],
  ['logits', "np.save('logits.npy', model(x[:100]).detach().numpy())  # to check how the model is read"],
];

export function FormatsHelp(): JSX.Element {
  return (
    <details class="own-formats">
      <summary>How do I save mine?</summary>
      <dl>
        {TOOLS.map(([tool, code]) => (
          <div key={tool}>
            <dt>{tool}</dt>
            <dd>
              <pre tabIndex={0} aria-label={`Code for ${tool}`}>
                <code>{code}</code>
              </pre>
            </dd>
          </div>
        ))}
      </dl>
      <p class="note">
        Chains of fully connected layers with smooth activations: tanh, sigmoid, softplus, GELU, SiLU,
        identity. Convolutions, normalization, attention and ReLU, which has no second derivative, are refused
        with a sentence that says so. Pickles (.pt, .pkl) are programs, and are not opened.
      </p>
    </details>
  );
}
