/** Removes what lies in `chunks` below a folder and belongs neither to the build just made nor to the one before it. */
export declare const removeOlderBuilds: (folder: string, built: readonly string[]) => void;
