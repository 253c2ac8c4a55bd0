/** What is being made now; `done` of `total` where that is known. */
export interface RigProgress {
  readonly what: string;
  readonly done?: number;
  readonly total?: number;
}

/** Where the rig lives, and who is told what it does. */
export interface Rig {
  /** Folder for everything that is made once: `$XDG_CACHE_HOME/asidbench`. */
  readonly cache: string;
  /** The project's folder `capture`. */
  readonly sources: string;
  /** Processes that a build may run at a time. */
  readonly jobs: number;
  readonly tell: (progress: RigProgress) => void;
}
