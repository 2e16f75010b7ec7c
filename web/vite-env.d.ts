/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Of the package. */
  readonly VERSION: string;
}
