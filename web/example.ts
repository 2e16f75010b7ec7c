/** The example of the package, examples/: loaded when it is asked for, as text in scripts, so that the page need not be allowed any other request. */
import data from '../examples/iris.csv?raw';
import model from '../examples/iris.safetensors?inline';

export function exampleFiles(): File[] {
  const base64 = model.slice(model.indexOf(',') + 1);
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return [new File([bytes], 'iris.safetensors'), new File([data], 'iris.csv')];
}
