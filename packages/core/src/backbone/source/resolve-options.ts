export interface ResolveOptions {
  /** Folder for downloads; `PTL_CACHE`, else `ptl` in the user's cache folder if absent. */
  readonly cacheFolder?: string;
  /** Branch, tag or commit of a hub repository; `main` if absent. */
  readonly revision?: string;
  /** Address of the hub; `HF_ENDPOINT`, else `https://huggingface.co` if absent. */
  readonly hubUrl?: string;
  /** The hub's token for private and gated models, `hf_...`. */
  readonly accessToken?: string;
  /** Folder from which npm packages are looked up; the working folder, then PTL's, if absent. */
  readonly from?: string;
}
