/** Something with an end of its lifetime. */
export type Disposable = { readonly dispose: () => void };

/** One list for all that must end together. What arrives after the end is ended at once, so nothing leaks through a race. */
export class Disposables implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  /** Adds a plain function. */
  defer(call: () => void): void {
    this.add({ dispose: call });
  }

  /** Ends everything, last come first; each one is ended even if another throws. The first error is thrown at the end. */
  dispose(): void {
    this.#disposed = true;
    const errors: unknown[] = [];
    for (const item of this.#items.splice(0).reverse()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
